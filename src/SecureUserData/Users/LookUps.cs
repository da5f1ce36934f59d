using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Entities;

namespace SecureUserData.Users;

/// <summary>One of the parts that an application's look-ups are spread over. It has a chain in the access log, under
/// the application's log key, and no state.</summary>
public class LookUps : ILookUps, IActivation
{
    private readonly LookUpsId _id;
    private readonly IEntityContext _context;
    private readonly DomainServices _services;
    private readonly Chain _chain;
    private bool _isLoaded;

    /// <summary>Makes an activation.</summary>
    public LookUps(LookUpsId id, IEntityContext context, DomainServices services)
    {
        _id = id;
        _context = context;
        _services = services;
        _chain = new Chain(id.ToString(), id.App, services.Ports.Log, context, services.News);
    }

    /// <inheritdoc/>
    public async Task<Page<UserId>> FindUsersAsync(string field, string value, string? cursor = null, int limit = 100)
    {
        Demand();
        Names.Check(field, "field");
        Names.CheckLimit(limit);
        using var lease = await RentAsync();
        if (!lease.Keys.Settings.IsIndexed(field))
            throw SecureUserDataException.Invalid(
                "This field is not indexed: an application declares unique and indexed fields when it is registered.");
        if (string.IsNullOrWhiteSpace(value))
            throw SecureUserDataException.Invalid("The value is empty: say what to look for.");
        FieldPolicy.CheckEncoding(value);
        if (cursor is not null) UserId.Parse(cursor);
        await AppendAsync(lease.Keys, field);
        return await new UserSearch(_services.Ports.States, RentAsync)
            .FindAsync([lease.Keys.LookUpTag(field, value)], cursor, limit);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100)
    {
        Demand();
        using var lease = await RentAsync();
        return await _chain.ReadAsync(after, limit, lease.Keys.Log);
    }

    /// <inheritdoc/>
    public Task ActivateAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task UnloadAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task WakeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => GC.SuppressFinalize(this);

    private void Demand()
    {
        _context.Caller.Demand(CallerKind.Application);
        if (_context.Caller.App != _id.App) throw SecureUserDataException.NotFound("application");
    }

    private ValueTask<KeyLease> RentAsync() => _services.Keyring.RentAsync(_id.App, _context);

    /// <summary>The chain is loaded for the first look-up and not before: whoever is refused has nothing loaded, and is
    /// answered alike whether there is such an application or not.</summary>
    private async Task AppendAsync(ApplicationKeys keys, string field)
    {
        if (!_isLoaded) await _chain.LoadAsync(keys.Log);
        _isLoaded = true;
        var entry = new LogEntry
        {
            Actor = _context.Caller.Id,
            At = _services.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            Activity = Activity.UserLookedUp,
            Names = [$"field/{field}"],
        };
        await _chain.AppendAsync(entry, keys.Log);
    }
}
