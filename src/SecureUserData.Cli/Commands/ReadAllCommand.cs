using System.CommandLine;
using System.Text.Json;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud read-all</c>.</summary>
internal static class ReadAllCommand
{
    internal static Command In(CommandLine cli)
    {
        var fields = ScriptOptions.Names("--fields", "The fields to read.");
        var target = new Option<string?>("--out")
        {
            Description = "Write to this new file, for its owner only, instead of stdout.", HelpName = "FILE",
        };
        var cursor = new Option<string?>("--cursor")
        {
            Description = "Go on after this user: the cursor that a run which was stopped has named.",
            HelpName = "CURSOR",
        };
        return cli.Command(
            "read-all",
            "Reads the data of all users who allow it, as a script: a line of JSON for each. Every reading is in its "
            + "user's log before anything is decrypted; whoever does not allow it is left out. A run that is stopped "
            + "names the cursor to go on with.",
            "sud read-all --as newsletter --fields email,given_name --out letters.ndjson",
            [fields, target, cursor, cli.As],
            run => ReadAllAsync(run, run.List(fields), run.Get(target), run.Get(cursor)));
    }

    private static async Task ReadAllAsync(Run run, IReadOnlyList<string> fields, string? target, string? cursor)
    {
        if (fields.Count == 0) throw new UsageException("Nothing is asked for: name --fields.");
        if (cursor is not null && !UserId.TryParse(cursor, out _))
            throw new UsageException($"'{cursor}' is not a cursor: it is a user's id and begins with usr_.");
        var path = target is null ? null : run.Around.FullPath(target);
        if (path is not null && Path.Exists(path))
            throw new CommandException($"{path} is there already: name another file.");
        await using var folder = await run.OpenAsync();
        var session = await run.SignInAsync(folder, CallerKind.Script);
        var all = session.Get(new ReadAllId(session.Script()));
        await using var file = path is null ? null : OwnerOnlyFile.Create(path);
        long users;
        try
        {
            users = await ReadAsync(
                run, next => all.ReadAsync(fields, next, Limits.PageItems), cursor, file ?? run.Around.Out);
        }
        catch when (file is { Length: 0 })
        {
            File.Delete(path!); // nothing is in it, and it would be in the way of the next try
            throw;
        }
        if (file is null) run.Out.Note($"{Output.Number(users)} users read.");
        else run.Out.Show(
            new { Users = users, File = path },
            () => run.Out.Line($"The data of {Output.Number(users)} users is in {path}."));
    }

    /// <summary>How many users were read.</summary>
    private static async Task<long> ReadAsync(
        Run run, Func<string?, Task<Page<UserReading>>> read, string? cursor, Stream to)
    {
        long users = 0;
        using var progress = run.Out.Progress("reading");
        try
        {
            while (true)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                var page = await read(cursor);
                await WriteAsync(page.Items, to);
                progress.Report(users += page.Items.Count);
                if (page.Next is null) return users;
                cursor = page.Next;
            }
        }
        catch (Exception e)
        {
            progress.Dispose();
            var next = (e as SecureUserDataException)?.Cursor ?? cursor;
            run.Out.Note($"{Output.Number(users)} users read." + (next is null ? "" : $" Go on with --cursor {next}"));
            throw;
        }
    }

    /// <summary>Writes a page and hands it to the system: what the cursor says was read is there.</summary>
    private static async Task WriteAsync(IReadOnlyList<UserReading> readings, Stream to)
    {
        using var lines = new MemoryStream();
        foreach (var reading in readings)
        {
            JsonSerializer.Serialize(lines, new { reading.User, reading.Fields }, Json.Lines);
            lines.WriteByte((byte)'\n');
        }
        lines.Position = 0;
        await lines.CopyToAsync(to);
        await to.FlushAsync();
    }
}
