using System.Collections.Concurrent;
using System.Diagnostics;
using SecureUserData.Cli.Console;
using SecureUserData.Cryptography;
using SecureUserData.Users;

namespace SecureUserData.Cli.Csv;

/// <summary>Creates users from rows, many at a time: they share the store's commits.</summary>
internal sealed class UserImport(
    ISession session,
    ApplicationSettings settings,
    IReadOnlyList<string> header,
    ClaimCodes? codes,
    ProgressLine progress)
{
    private const int AtATime = 64;

    private readonly ConcurrentBag<int> _alreadyThere = [];
    private readonly ConcurrentBag<(int Line, string Reason)> _problems = [];
    private readonly Dictionary<(string Field, string Value), int> _seen = [];
    private readonly Stopwatch _watch = new();
    private int _created;

    internal int Created => Volatile.Read(ref _created);

    internal TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Lines whose users were there before.</summary>
    internal IReadOnlyList<int> AlreadyThere => [.. _alreadyThere.Order()];

    /// <summary>Lines that made nobody, and why.</summary>
    internal IReadOnlyList<(int Line, string Reason)> Problems => [.. _problems.OrderBy(problem => problem.Line)];

    /// <exception cref="OperationCanceledException">It was stopped; the rows under way have ended.</exception>
    internal async Task RunAsync(IEnumerable<CsvRow> rows, CancellationToken cancellation)
    {
        _watch.Start();
        try
        {
            await Parallel.ForEachAsync(
                Good(rows),
                new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation },
                async (row, _) =>
                {
                    await CreateAsync(row.Line, row.Id, row.Fields);
                    progress.Advance();
                });
        }
        finally
        {
            _watch.Stop();
        }
    }

    /// <summary>The rows that may make a user; read by one thread at a time, so that the ids are in the order of the
    /// rows, and users are listed in it.</summary>
    private IEnumerable<(int Line, UserId Id, Dictionary<string, string> Fields)> Good(IEnumerable<CsvRow> rows)
    {
        foreach (var row in rows)
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < row.Values.Count; i++)
                if (row.Values[i].Length > 0) fields[header[i]] = row.Values[i];
            var problem = row.Problem ?? (fields.Count == 0 ? "it holds no value" : FindTwin(row.Line, fields));
            if (problem is null) yield return (row.Line, UserId.New(), fields);
            else
            {
                _problems.Add((row.Line, problem));
                progress.Advance();
            }
        }
    }

    private async Task CreateAsync(int line, UserId id, Dictionary<string, string> fields)
    {
        try
        {
            var created = await session.Get(id).CreateAsync(fields);
            Interlocked.Increment(ref _created);
            codes?.Add(line, created);
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Conflict)
        {
            if (await IsThereAsync(fields)) _alreadyThere.Add(line);
            else _problems.Add((line, e.Message));
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Invalid)
        {
            _problems.Add((line, e.Message));
        }
    }

    /// <summary>Whether the user whose unique value stands in the way has all of the row's unique values: an
    /// application cannot read what else a user has.</summary>
    private async Task<bool> IsThereAsync(Dictionary<string, string> fields)
    {
        var unique = settings.UniqueFields.Where(fields.ContainsKey).ToList();
        if (unique.Count == 1) return true;
        var holders = new HashSet<UserId?>();
        foreach (var field in unique)
        {
            var found = await session.FindUsersAsync(field, fields[field], limit: 1);
            holders.Add(found.Items.Count > 0 ? found.Items[0] : null);
        }
        return holders.Count == 1 && !holders.Contains(null);
    }

    /// <summary>Finds rows of one file that share a unique value, however they are interleaved: the later is refused.
    /// </summary>
    private string? FindTwin(int line, Dictionary<string, string> fields)
    {
        foreach (var field in settings.UniqueFields)
            if (fields.TryGetValue(field, out var value)
                && FieldPolicy.IsUnicode(value) // what is not is refused when the user is created
                && !_seen.TryAdd((field, BlindIndex.Normalise(value)), line))
                return $"line {_seen[(field, BlindIndex.Normalise(value))]} has the same value of '{field}': "
                    + "it is unique";
        return null;
    }
}
