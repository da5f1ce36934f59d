using System.Buffers.Binary;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Backups;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Migrate;

/// <summary>Moves an installation from one end to the other. It is one only when its own state is there, which comes
/// last: no engine opens what is unfinished.</summary>
/// <param name="source">From where; it is not changed.</param>
/// <param name="target">To where.</param>
/// <param name="masters">The master key ring.</param>
/// <param name="show">Shows how far a step is.</param>
internal sealed class Migration(IEnd source, IEnd target, IMasterKeyRing masters, Func<string, IProgress<long>> show)
{
    private static readonly string Installation = new InstallationId().ToString();

    /// <summary>Copies, compares everything, verifies the copied log, and makes an installation of it.</summary>
    /// <returns>What was moved.</returns>
    internal async Task<Moved> RunAsync(CancellationToken cancellation)
    {
        using var keys = await source.OpenAsync(masters);
        var installation = await InstallationAsync(source);
        await target.BeginAsync(keys, Mark(keys));
        await MoveLogAsync(keys, installation.State, null, "copying entries of the log", cancellation);
        var moved = await CopyAsync(cancellation);
        await target.StartAsync();
        var differences = new Differences();
        await CompareAsync(keys, installation.State, differences, cancellation);
        if (differences.Count > 0) throw new DifferencesException(differences);
        var verified = await VerifyAsync(target, keys, installation.State, null, "verifying the copy", cancellation);
        await source.DemandUnusedAsync();
        await target.FinishAsync(installation);
        return moved with { Entries = verified.Entries };
    }

    /// <summary>Compares two installations, and changes neither.</summary>
    internal async Task<Differences> CheckAsync(CancellationToken cancellation)
    {
        using var keys = await source.OpenAsync(masters);
        using var others = await target.OpenAsync(masters);
        var installation = await InstallationAsync(source);
        var copied = await InstallationAsync(target);
        var differences = new Differences();
        if (!Kinds.AreEqual(installation.State, copied.State))
            await differences.Add(Kinds.States, new Change<TaggedState>(copied, installation));
        await CompareAsync(keys, installation.State, differences, cancellation);
        return differences;
    }

    private async Task<Moved> CopyAsync(CancellationToken cancellation) => new(
        0,
        await CopyAsync(Kinds.Records, source.Records, target.Records, cancellation),
        await CopyAsync(Kinds.UniqueKeys, source.UniqueKeys, target.UniqueKeys, cancellation),
        await CopyAsync(Kinds.Wakeups, source.Wakeups, target.Wakeups, cancellation),
        await CopyAsync(Kinds.Erasures, source.Erasures, target.Erasures, cancellation),
        1 + await CopyAsync(Kinds.States, Others(source.States), Others(target.States), cancellation));

    private Task<long> CopyAsync<T>(Kind<T> kind, IPart<T> from, IPart<T> to, CancellationToken cancellation)
        where T : class => Matching.CopyAsync(kind, from, to, show($"copying: {kind.Name}"), cancellation);

    private async Task CompareAsync(
        InstallationKeys keys, StoredState installation, Differences differences, CancellationToken cancellation)
    {
        await MoveLogAsync(keys, installation, differences, "comparing entries of the log", cancellation);
        await CompareAsync(Kinds.Records, source.Records, target.Records);
        await CompareAsync(Kinds.UniqueKeys, source.UniqueKeys, target.UniqueKeys);
        await CompareAsync(Kinds.Wakeups, source.Wakeups, target.Wakeups);
        await CompareAsync(Kinds.Erasures, source.Erasures, target.Erasures);
        await CompareAsync(Kinds.States, Others(source.States), Others(target.States));

        Task CompareAsync<T>(Kind<T> kind, IPart<T> from, IPart<T> to) where T : class => Matching.CompareAsync(
            kind, from, to, change => differences.Add(kind, change), show($"comparing: {kind.Name}"), cancellation);
    }

    /// <summary>Goes over the source's log, which is verified by it.</summary>
    private async Task MoveLogAsync(
        InstallationKeys keys, StoredState state, Differences? found, string step, CancellationToken cancellation)
    {
        using var move = new LogMove(source.Stores.Log, keys, target.Log, found);
        await move.BeginAsync();
        await VerifyAsync(source, keys, state, move.TakeAsync, step, cancellation);
        await move.EndAsync();
    }

    private async Task<VerifiedHeads> VerifyAsync(
        IEnd end,
        InstallationKeys keys,
        StoredState installation,
        Func<LogRow, ValueTask>? taken,
        string step,
        CancellationToken cancellation)
    {
        var ports = new StoredPorts(end.Stores, installation);
        using var services = new DomainServices(masters, keys, ports, TimeProvider.System);
        return await new LogVerification(services, new StoredApplications(services), taken)
            .RunAsync(show(step), cancellation);
    }

    private static async Task<TaggedState> InstallationAsync(IEnd end) => new(
        Installation,
        await end.Stores.Slot(Installation).LoadAsync() ?? throw SecureUserDataException.NotFound("installation"));

    /// <summary>The states of all others than the installation itself.</summary>
    private static OtherStates Others(IPart<TaggedState> states) => new(states);

    /// <summary>The same for the same installation only, and it tells nothing of its keys.</summary>
    private static long Mark(InstallationKeys keys) =>
        BinaryPrimitives.ReadInt64BigEndian(keys.Batches.Mac("sud-migrate"u8));

    private sealed class OtherStates(IPart<TaggedState> states) : IPart<TaggedState>
    {
        public async IAsyncEnumerable<TaggedState> ReadAsync(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var state in states.ReadAsync(cancellation))
                if (state.Id != Installation) yield return state;
        }

        public Task WriteAsync(IReadOnlyList<Change<TaggedState>> changes) => states.WriteAsync(changes);
    }
}

/// <summary>What was moved, in numbers.</summary>
internal sealed record Moved(
    long Entries, long Records, long UniqueKeys, long Wakeups, long Erasures, long States);

/// <summary>The copy is not what was copied.</summary>
internal sealed class DifferencesException(Differences differences) : Exception
{
    internal Differences Differences => differences;
}
