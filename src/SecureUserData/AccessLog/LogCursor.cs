using SecureUserData.Entities;

namespace SecureUserData.AccessLog;

/// <summary>How far somebody has come with each writer's rows. As text it is <c>1:120,3:4711</c>, by the numbers of the
/// writers; a position alone is the first writer's, as all cursors of a log with one writer are. It keeps the
/// positions of writers that have ended: without them, all their rows would come again.</summary>
internal sealed class LogCursor
{
    private readonly SortedDictionary<long, long> _positions = [];

    /// <summary>The position of the last row that was looked at; 0 when none was.</summary>
    internal long this[long writer]
    {
        get => _positions.GetValueOrDefault(writer);
        set => _positions[writer] = value;
    }

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no cursor.</exception>
    internal static LogCursor Parse(string? text)
    {
        var cursor = new LogCursor();
        if (text?.Contains(':') != true)
        {
            if (Paging.Number(text) is > 0 and var position) cursor[1] = position;
            return cursor;
        }
        foreach (var part in text.Split(','))
            if (part.Split(':') is not [var writer, var position]
                || !cursor._positions.TryAdd(Paging.Number(writer), Paging.Number(position)))
                throw Paging.InvalidCursor();
        return cursor;
    }

    public override string ToString() => _positions.Count == 0 || _positions.Keys.SequenceEqual([1])
        ? Paging.Text(this[1])
        : string.Join(',', _positions.Select(at => $"{Paging.Text(at.Key)}:{Paging.Text(at.Value)}"));
}
