using System.Diagnostics;
using System.Globalization;

namespace SecureUserData.Load;

/// <summary>The moving of everybody to a new key, nobody in memory when it begins; for the users' own keys with ten
/// records each. A step is a slice of the run, and a round all of it.</summary>
internal sealed class SweepFlow(Installation installation, KeyKind key) : Flow
{
    /// <summary>Records of each user whose own key is rotated.</summary>
    internal const int Records = 10;

    private const double Megabyte = 1024 * 1024;

    private readonly Sweep _sweep = new(installation, key);
    private long _peak;

    internal KeyKind Key => key;

    internal override string Limit => key == KeyKind.Application
        ? "bare updates of the same state and tag rows, read before"
        : "bare updates of the same state and record rows, read before";

    internal override int NeededUsers => key == KeyKind.Application ? 20_000 : 10_000;

    protected override int Concurrency => 1;

    internal override Task PrepareAsync() =>
        key == KeyKind.User ? installation.AddRecordsAsync(Records) : Task.CompletedTask;

    internal override async Task BeginAsync()
    {
        await installation.ReopenAsync();
        await _sweep.FinishAsync(); // one that an earlier process has left
    }

    protected override bool GoesOn(TimeSpan elapsed, TimeSpan time) => !_sweep.IsMoved;

    internal override async Task<int> StepAsync(int caller, int step)
    {
        var moved = await _sweep.StepAsync();
        _peak = Math.Max(_peak, Environment.WorkingSet);
        return moved;
    }

    internal override async Task<Measurement> RunAsync(TimeSpan time)
    {
        var (before, heapBefore) = (Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: true));
        _peak = before;
        var measurement = await base.RunAsync(time);
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{key} keys: {measurement.Operations:N0} users moved in {measurement.Elapsed.TotalSeconds:N1} s "
            + $"({measurement.PerSecond:N0}/s); working set {before / Megabyte:N0} MB before, {_peak / Megabyte:N0} at "
            + $"most; managed heap {heapBefore / Megabyte:N1} MB before, {heap / Megabyte:N1} after"));
        return measurement;
    }

    internal override async Task EndAsync()
    {
        var watch = Stopwatch.StartNew();
        await _sweep.FinishAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{key} keys: scan, destruction of old keys and purge of the file in {watch.Elapsed.TotalSeconds:N1} s"));
    }
}
