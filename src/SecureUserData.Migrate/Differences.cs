using SecureUserData.Ports;

namespace SecureUserData.Migrate;

/// <summary>Where the target is not what the source is; the first are named.</summary>
internal sealed class Differences
{
    private const int MaxNamed = 20;

    private readonly List<string> _named = [];

    internal long Count { get; private set; }

    internal IReadOnlyList<string> Named => _named;

    internal void Add(string what)
    {
        if (++Count <= MaxNamed) _named.Add(what);
    }

    internal ValueTask Add<T>(Kind<T> kind, Change<T> change) where T : class
    {
        var id = kind.Id(change.After ?? change.Before!).Replace('\n', '/');
        Add($"{kind.Name} {id} {(change.Before is null ? "is missing" : change.After is null ? "is not in the source"
            : "is another one")}");
        return ValueTask.CompletedTask;
    }

    internal void Add(LogRow row, string how) => Add($"row {row.Sequence} of the log of {row.Chain} {how}");
}
