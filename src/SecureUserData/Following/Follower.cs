using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Entities;

namespace SecureUserData.Following;

/// <summary>One who follows what happens. It owns nothing: what has happened stands in the access log, and how far it
/// has been read is in the cursor.</summary>
public class Follower(IEntityContext context, DomainServices services) : IFollower, IActivation
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(Limits.FollowSeconds);

    /// <inheritdoc/>
    public async Task<Events> NextAsync(string? cursor, int limit = 100, TimeSpan wait = default)
    {
        context.RequestUnload(); // nothing is kept here
        context.Caller.Demand(CallerKind.Operator, CallerKind.Application, CallerKind.User);
        Names.CheckLimit(limit);
        if (wait < TimeSpan.Zero || wait > Longest)
            throw SecureUserDataException.Invalid(
                $"A call waits from 0 to {Limits.FollowSeconds} seconds: wait so long, and ask again.");
        var began = services.Time.GetTimestamp();
        var feed = FeedOf(context.Caller);
        cursor ??= await feed.EndAsync();
        while (true)
        {
            using var watch = await services.News.WatchAsync(feed.Topic); // first: what comes meanwhile is told of
            var page = await feed.ReadAsync(cursor, limit);
            cursor = page.Cursor;
            var left = wait - services.Time.GetElapsedTime(began);
            if (page.Items.Count > 0 || left <= TimeSpan.Zero || (page.IsAtEnd && !await watch.WaitAsync(left)))
                return new Events(page.Items, cursor);
        }
    }

    /// <inheritdoc/>
    public Task ActivateAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task UnloadAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task WakeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => GC.SuppressFinalize(this);

    private Feed FeedOf(Caller caller) => caller switch
    {
        { User: { } user } => Chain(user.ToString(), context.Get(user).ReadLogAsync),
        { ActsAsOperator: true } =>
            Chain(new InstallationId().ToString(), context.Get(new InstallationId()).ReadLogAsync),
        { App: { } app } => new ApplicationFeed(
            app, new AccessReport(app, services.Ports.Log, () => services.Keyring.RentAsync(app, context))),
        _ => throw new InvalidOperationException($"There is nothing to follow for {caller.Kind}."),
    };

    private ChainFeed Chain(string name, Func<long, int, Task<IReadOnlyList<AccessLogEntry>>> read) =>
        new(name, services.Ports.Log, read);
}
