using System.Buffers.Text;
using System.Globalization;
using SecureUserData.Applications;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Users;

namespace SecureUserData.Erasures;

/// <summary>The erasure of one user: destroys the key, runs every store's eraser, signs the certificate. Each step can
/// be done again, so a crash anywhere costs nothing but the time to begin anew.</summary>
public class Erasure : ApplicationEntity<ErasureState>, IErasure, IErasureInternals
{
    /// <summary>Parts that one call does, at the most: an eraser's part is bounded too.</summary>
    private const int PartsPerCall = 16;

    private readonly ErasureId _id;

    /// <summary>Makes an activation.</summary>
    public Erasure(ErasureId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.ErasureState) => _id = id;

    private IUserErasure Subject => Context.Internal<IUserErasure>(_id.User);

    /// <inheritdoc/>
    public async Task<ErasurePreview> PreviewAsync()
    {
        var user = await DemandAsync();
        return new ErasurePreview(
            await CountAsync(user, keys: user.Erased is null ? 1 : 0), await RemainsAsync(user));
    }

    /// <inheritdoc/>
    public async Task<ErasureView> RequestAsync()
    {
        var user = await DemandAsync();
        if (State is null) await BeginAsync(user.App, Caller.Id, Now);
        if (State!.Certificate is null) await GoOnAsync(PartsPerCall);
        return View(State);
    }

    /// <inheritdoc/>
    public async Task EraseAgainAsync(ErasureStatement certified)
    {
        if (State is null)
            await BeginAsync((await Subject.DescribeAsync()).App, certified.RequestedBy, certified.RequestedAt);
        if (State!.Certificate is null) await GoOnAsync(int.MaxValue);
    }

    /// <inheritdoc/>
    public async Task<ErasureView?> GetAsync()
    {
        await DemandAsync();
        return State is { } state ? View(state) : null;
    }

    /// <summary>Finishes what was begun.</summary>
    public override async Task WakeAsync()
    {
        if (State is { Certificate: null }) await GoOnAsync(int.MaxValue);
        else await DemandNewestAsync(); // a wake-up that is lost would leave the erasure half done
    }

    private async Task BeginAsync(AppId app, string requestedBy, DateTimeOffset requestedAt)
    {
        await Services.Ports.Wakeups.SetAsync(Name, Now); // first: a wake-up in vain does nothing
        await SaveAsync(new ErasureState { App = app, RequestedBy = requestedBy, RequestedAt = requestedAt });
    }

    private async Task GoOnAsync(int parts)
    {
        await Subject.DestroyKeyAsync(State!.RequestedBy);
        var user = await Subject.DescribeAsync();
        if (State.Removed.IsEmpty) await SaveAsync(State with { Removed = [.. await CountAsync(user, keys: 1)] });
        foreach (var eraser in Erasers.InOrder)
            while (!await eraser.EraseAsync(Scope(user)))
                if (--parts <= 0) return;
        await Services.Ports.PurgeAsync();
        var certificate = await SignAsync(State, user);
        await Services.Ports.Erasures.AddAsync([certificate]); // first: what is reported, a restore does not undo
        await SaveAsync(State with { Certificate = certificate });
        await Services.Ports.Wakeups.SetAsync(Name, null);
    }

    private async Task<IReadOnlyList<ErasedItems>> CountAsync(UserRemains user, int keys)
    {
        var counts = new List<ErasedItems> { new("user keys", keys), new("credentials", keys) };
        foreach (var eraser in Erasers.InOrder)
            counts.Add(new ErasedItems(eraser.What, await eraser.CountAsync(Scope(user))));
        return counts;
    }

    private async Task<string> SignAsync(ErasureState state, UserRemains user)
    {
        var now = Now;
        var statement = new ErasureStatement(
            ErasureStatement.CurrentFormat,
            _id.User.ToString(),
            state.App.ToString(),
            state.RequestedBy,
            state.RequestedAt,
            now,
            state.Removed,
            await RemainsAsync(user),
            $"Copies of the database made until {Date(now)} hold the user's key, wrapped under "
            + $"version {user.ApplicationKeyVersion} of the application's key. Whoever has such a copy and that key "
            + "can open it, until the copy is destroyed or the key is.",
            user.Erased!.Sequence,
            Base64Url.EncodeToString(user.Erased.Mac))
        {
            LogBatch = await NewestBatchAsync(),
        };
        return Services.Installation.Certificates.Sign(
            ErasureCertificate.Kind, statement, StatementJson.Default.ErasureStatement);
    }

    /// <summary>What this process has appended last; where it has appended nothing yet, what another one has.</summary>
    private async Task<LogBatchHead?> NewestBatchAsync()
    {
        var log = Services.Ports.Log;
        var writers = log.Own is { } own ? [own] : await LogWriter.AfterAsync(log, Services.Installation, null);
        foreach (var writer in Enumerable.Reverse(writers))
            if (await log.NewestBatchAsync(writer.Number) is { } batch) return batch.Head(writer);
        return null;
    }

    private async Task<IReadOnlyList<Remainder>> RemainsAsync(UserRemains user)
    {
        // In the end the user's own state does not tell any more.
        var consents = State?.Removed.FirstOrDefault(items => items.What == Erasers.Consents)?.Count
            ?? user.Decided.Count;
        // From the application itself: what is at hand of its settings may be older.
        var keys = await Context.Internal<IApplicationInternals>(user.App).GetWrappedKeysAsync();
        return
        [
            new("access log entries", user.LogSequence, keys.Settings.Rules().Log is { } period
                ? $"{Date(Now + period)}, when the retention of the access log is over"
                : "the application sets a retention of the access log, which it has not"),
            new("tombstones", consents + 2, "the installation ends"),
        ];
    }

    private static string Date(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private ErasureScope Scope(UserRemains user) => new(_id.User, user, Context, Services.Ports);

    /// <summary>What there is of the user, if the caller is that user or the user's application.</summary>
    private async Task<UserRemains> DemandAsync()
    {
        Caller.Demand(CallerKind.User, CallerKind.Application);
        if (Caller.Kind == CallerKind.User && Caller.User != _id.User) throw SecureUserDataException.NotFound("user");
        var user = await Subject.DescribeAsync();
        return Caller.App == user.App ? user : throw SecureUserDataException.NotFound("user");
    }

    private ErasureView View(ErasureState state) =>
        new(_id.User, state.App, state.RequestedBy, state.RequestedAt, state.Removed, state.Certificate);
}
