using System.Collections.Concurrent;

namespace SecureUserData.Load;

/// <summary>Exports of different users, each of ten fields, ten records of 200 bytes, and the log of all exports
/// before.</summary>
internal sealed class ExportFlow(Installation installation) : Flow
{
    private readonly ISession[] _users = new ISession[Callers * 10];

    internal override string? Limit => null;

    internal override Task PrepareAsync() => Installation.ForEachAsync(
        _users.Length, async i => _users[i] = await installation.CreateUserAsync(records: 10));

    internal override async Task<int> StepAsync(int caller, int step)
    {
        await _users[SetFlow.Pick(caller, step, _users.Length)].ExportAsync(Stream.Null);
        return 1;
    }
}

/// <summary>Erasures of users of ten fields and two records.</summary>
internal sealed class EraseFlow(Installation installation) : Flow
{
    /// <summary>More than a round can erase.</summary>
    private const int Supply = 8_192;

    private readonly ConcurrentQueue<UserId> _users = new();

    internal override string Limit => "bare writes of the same log rows and tombstones; nothing is deleted";

    internal override Task PrepareAsync() => Task.CompletedTask;

    internal override Task BeginAsync() => Installation.ForEachAsync(Supply - _users.Count, async _ =>
        _users.Enqueue(UserId.Parse((await installation.CreateUserAsync(records: 2)).Identity.Id)));

    internal override async Task<int> StepAsync(int caller, int step)
    {
        if (!_users.TryDequeue(out var user)) throw new InvalidOperationException("No user is left to erase.");
        await installation.Session.EraseAsync(user);
        return 1;
    }
}
