using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Csv;

/// <summary>Adds a record for each row. Rows are gathered by user within a window, so that a user's rows share a step
/// and many users share the store's commits, and memory does not grow with the file.</summary>
/// <param name="session">Signed in as the application.</param>
/// <param name="secret">The application's credential: it keys the ids (see <see cref="RecordId.Derive"/>).</param>
/// <param name="collection">The collection.</param>
/// <param name="header">The names of the columns, which become those of the properties.</param>
/// <param name="owners">Says whose a row is.</param>
/// <param name="progress">Told of every row.</param>
internal sealed class RecordImport(
    ISession session,
    Credential secret,
    string collection,
    IReadOnlyList<string> header,
    IRowOwners owners,
    ProgressLine progress)
{
    private const int AtATime = 64;

    /// <summary>Rows and bytes of one window.</summary>
    private const int WindowRows = 16_384;
    private const long WindowBytes = 64 * 1024 * 1024;

    /// <summary>Problems that are listed; the rest is only counted.</summary>
    private const int MaxListed = 10_000;

    // For people's eyes: only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _key = Encoding.UTF8.GetBytes(secret.Reveal().Trim());
    private readonly byte[] _place = Encoding.UTF8.GetBytes(collection + "\n"); // no name holds a line break
    private readonly ConcurrentBag<(int Line, string Reason)> _problems = [];
    private readonly Stopwatch _watch = new();
    private long _added;
    private long _alreadyThere;
    private long _refused;

    /// <summary>Records added.</summary>
    internal long Added => Interlocked.Read(ref _added);

    /// <summary>Records that were there before.</summary>
    internal long AlreadyThere => Interlocked.Read(ref _alreadyThere);

    /// <summary>Rows that made no record.</summary>
    internal long Refused => Interlocked.Read(ref _refused);

    internal TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Lines that made no record, and why; at most the first <see cref="MaxListed"/> found.</summary>
    internal IReadOnlyList<(int Line, string Reason)> Problems => [.. _problems.OrderBy(problem => problem.Line)];

    /// <exception cref="OperationCanceledException">It was stopped; the steps under way have ended.</exception>
    internal async Task RunAsync(IEnumerable<CsvRow> rows, CancellationToken cancellation)
    {
        _watch.Start();
        try
        {
            var window = new Dictionary<UserId, List<Item>>();
            var (number, count, bytes) = (0L, 0, 0L);
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await ItemAsync(row, number++) is not { } item) continue;
                if (!window.TryGetValue(item.User, out var items)) window[item.User] = items = [];
                items.Add(item);
                bytes += item.Record.Content.Data.Length;
                if (++count < WindowRows && bytes < WindowBytes) continue;
                await AddAsync(window, cancellation);
                window.Clear();
                (count, bytes) = (0, 0);
            }
            await AddAsync(window, cancellation);
        }
        finally
        {
            _watch.Stop();
        }
    }

    private async ValueTask<Item?> ItemAsync(CsvRow row, long number)
    {
        if (row.Problem is { } problem) return Refuse(row.Line, problem);
        var owner = await owners.FindAsync(number, row.Values);
        if (owner.Problem is { } nobody) return Refuse(row.Line, nobody);
        var json = ToJson(row.Values);
        if (json.Length > Limits.RecordBytes)
            return Refuse(row.Line, $"it has more than {Limits.RecordBytes} bytes, which is what a record holds");
        var id = RecordId.Derive(row.Line, _key, [.. _place, .. json]);
        return new Item(row.Line, owner.User, new NewRecord(id, new RecordContent("application/json", json)));
    }

    private byte[] ToJson(IReadOnlyList<string> values)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            for (var i = 0; i < values.Count; i++) writer.WriteString(header[i], values[i]);
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private Task AddAsync(Dictionary<UserId, List<Item>> window, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            window,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellation },
            async (ofUser, stopped) =>
            {
                foreach (var step in Steps(ofUser.Value))
                {
                    stopped.ThrowIfCancellationRequested();
                    await AddAsync(ofUser.Key, step);
                }
            });

    private async Task AddAsync(UserId user, IReadOnlyList<Item> step)
    {
        try
        {
            var added = await session.Get(user).AddRecordsAsync(collection, [.. step.Select(item => item.Record)]);
            Interlocked.Add(ref _added, added.Count);
            Interlocked.Add(ref _alreadyThere, step.Count - added.Count);
            foreach (var _ in step) progress.Advance();
        }
        catch (SecureUserDataException e)
            when (e.Code is ErrorCode.Erased or ErrorCode.NotFound or ErrorCode.Conflict or ErrorCode.Tampered)
        {
            foreach (var item in step) Refuse(item.Line, e.Message); // it is this user's alone: the others go on
        }
    }

    /// <summary>A user's rows in steps within the limits.</summary>
    private static IEnumerable<IReadOnlyList<Item>> Steps(IReadOnlyList<Item> items)
    {
        var step = new List<Item>();
        var bytes = 0L;
        foreach (var item in items)
        {
            var length = item.Record.Content.Data.Length;
            if (step.Count == Limits.PageItems || bytes + length > Limits.PageBytes)
            {
                yield return step;
                (step, bytes) = ([], 0);
            }
            step.Add(item);
            bytes += length;
        }
        if (step.Count > 0) yield return step;
    }

    private Item? Refuse(int line, string problem)
    {
        if (Interlocked.Increment(ref _refused) <= MaxListed) _problems.Add((line, problem));
        progress.Advance();
        return null;
    }

    private sealed record Item(int Line, UserId User, NewRecord Record);
}
