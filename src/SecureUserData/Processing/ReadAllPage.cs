using System.Text;

namespace SecureUserData.Processing;

/// <summary>A page that is being filled: several readings are under way at a time, so that they share commits, and are
/// taken in the order of the users.</summary>
/// <param name="fields">How many fields are read of each user.</param>
internal sealed class ReadAllPage(int fields)
{
    /// <summary>Readings under way, at the most.</summary>
    internal const int MaxUnderWay = 128;

    private readonly Queue<(UserId User, Task<Reading?> Reading)> _underWay = new();
    private readonly List<UserReading> _items = [];
    private UserId? _last;
    private SecureUserDataException? _failure;
    private bool _isEnded;
    private int _bytes;

    /// <summary>The largest reading seen; what one could hold at the most while none has been seen.</summary>
    private int _largest = Math.Min(Limits.ProfileBytes, fields * Limits.FieldValueBytes);

    /// <summary>Waits until one more reading may be under way: as many as fit into the rest of the page if they are as
    /// large as the largest so far. False when the page has come to its end.</summary>
    internal async ValueTask<bool> HasRoomAsync()
    {
        while (!_isEnded && _underWay.Count > 0
            && _underWay.Count >= Math.Min(MaxUnderWay, (Limits.PageBytes - _bytes) / Math.Max(_largest, 1)))
            await TakeAsync();
        return !_isEnded;
    }

    internal void Add(UserId user, Task<Reading?> reading) => _underWay.Enqueue((user, reading));

    /// <summary>Waits for all that is under way. What is behind the end of the page is on record and is read once more
    /// with the next page.</summary>
    /// <param name="more">Whether there are users that were not looked at.</param>
    /// <param name="failure">What keeps the next one from being looked at.</param>
    internal async Task<Page<UserReading>> EndAsync(bool more, SecureUserDataException? failure = null)
    {
        while (_underWay.Count > 0) await TakeAsync();
        _failure ??= failure;
        if (_failure is not null && _last is null) throw _failure;
        return new Page<UserReading>(_items, more || _isEnded ? _last?.ToString() : null);
    }

    private async ValueTask TakeAsync()
    {
        var (user, reading) = _underWay.Dequeue();
        try
        {
            Take(user, await reading);
        }
        catch (SecureUserDataException e)
        {
            if (!_isEnded) _failure = e.Code == ErrorCode.Tampered ? GoingOnAfter(user, e) : e;
            _isEnded = true;
        }
    }

    private void Take(UserId user, Reading? reading)
    {
        if (_isEnded) return;
        if (reading is not null)
        {
            var bytes = reading.Fields.Values.Sum(Encoding.UTF8.GetByteCount);
            if (_bytes + bytes > Limits.PageBytes && _items.Count > 0)
            {
                _isEnded = true;
                return;
            }
            _largest = _items.Count == 0 ? bytes : Math.Max(_largest, bytes);
            _bytes += bytes;
            _items.Add(new UserReading(user, reading.Fields));
        }
        _last = user;
    }

    /// <summary>Nobody who does not authenticate is left out unseen, and nobody keeps the others from being
    /// read.</summary>
    private static SecureUserDataException GoingOnAfter(UserId user, SecureUserDataException failure) => new(
        failure.Code, $"{failure.Message} The cursor {user} goes on with the users after this one.", failure)
    {
        Cursor = user.ToString(),
    };
}
