using System.CommandLine;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud record</c>.</summary>
internal static class RecordCommands
{
    internal static Command In(CommandLine cli) => CommandLine.Group(
        "record", "Records that users own, in collections.", "sud record list messages --as ada",
        ImportRecordsCommand.In(cli),
        Put(cli),
        Get(cli),
        List(cli),
        Delete(cli));

    private static Argument<string> CollectionArgument => new("COLLECTION") { Description = "The collection." };

    private static Argument<string> IdArgument => new("ID") { Description = "The record's id." };

    internal static object ToJson(Record record)
    {
        var text = record.Content.TryAsText();
        return new
        {
            record.Info.Collection,
            record.Info.Id,
            record.Info.ContentType,
            record.Info.Bytes,
            record.Info.StoredAt,
            Text = text,
            Base64 = text is null ? Convert.ToBase64String(record.Content.Data.Span) : null,
        };
    }

    private static Command Put(CommandLine cli)
    {
        var collection = CollectionArgument;
        var file = new Argument<string>("FILE") { Description = "The content; '-' for stdin." };
        var user = new Option<string>("--user")
        {
            Description = "The user's id or saved name.", HelpName = "ID", Required = true,
        };
        var type = new Option<string?>("--type")
        {
            Description = "The content type; unless named text/plain for stdin and .txt, application/json for .json, "
                + "and application/octet-stream for the rest.",
        };
        var id = new Option<string?>("--id") { Description = "The record to replace.", HelpName = "ID" };
        return cli.Command(
            "put",
            "Puts a record into a user's collection, or replaces one, as the application.",
            "sud record put messages letter.txt --user ada --as city-clinic",
            [collection, file, user, type, id, cli.As],
            async run =>
            {
                var content = new RecordContent(
                    run.Get(type) ?? TypeOf(run.Get(file)), await ReadAsync(run, run.Get(file)));
                var replaced = run.Get(id) is { } text ? Record(text) : (RecordId?)null;
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Application);
                var owner = folder.User(run.Get(user));
                var stored = await session.Get(owner).PutRecordAsync(run.Get(collection), content, replaced);
                run.Out.Show(
                    new { User = owner, Collection = run.Get(collection), Id = stored, Bytes = content.Data.Length },
                    () => run.Out.Line(stored.ToString()));
            });
    }

    private static Command Get(CommandLine cli)
    {
        var collection = CollectionArgument;
        var id = IdArgument;
        var target = new Option<string?>("--out") { Description = "Write it to this new file.", HelpName = "FILE" };
        return cli.Command(
            "get",
            "Writes one of the user's own records to stdout, byte for byte, or to a file for its owner only, as the "
            + "user. On a terminal, control characters in it are made visible.",
            "sud record get messages rec_01… --out letter.txt --as ada",
            [collection, id, target, cli.As],
            async run =>
            {
                var wanted = Record(run.Get(id));
                var path = run.Get(target) is { } named ? run.Around.FullPath(named) : null;
                if (path is not null && Path.Exists(path))
                    throw new CommandException($"{path} is there already: name another file.");
                using var file = path is null ? null : new OwnerOnlyFile(path); // before the reading is on record
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.User);
                var record = await session.Get(session.User()).GetRecordAsync(run.Get(collection), wanted);
                file?.Save(record.Content.Data.Span, replace: false);
                Print(run, record, path);
            });
    }

    private static void Print(Run run, Record record, string? path)
    {
        if (path is not null)
            run.Out.Show(
                new { record.Info.Collection, record.Info.Id, record.Info.ContentType, record.Info.Bytes, File = path },
                () => run.Out.Line($"{record.Info.Bytes} bytes of {record.Info.ContentType} are in {path}."));
        else if (run.Out.IsJson) run.Out.Show(ToJson(record), () => { });
        else if (!run.Out.IsTerminal) run.Out.Bytes(record.Content.Data.Span);
        else if (record.Content.TryAsText() is { } text)
            foreach (var line in text.Split('\n')) run.Out.Line(line.TrimEnd('\r'));
        else throw new CommandException($"This is {record.Info.ContentType}, not for a terminal: use --out FILE.");
    }

    private static Command List(CommandLine cli)
    {
        var collection = CollectionArgument;
        collection.Arity = ArgumentArity.ZeroOrOne;
        collection.Description = "The collection; without it, the collections' names are listed.";
        return cli.Command(
            "list",
            "Lists the user's own records of a collection, or the collections, as the user.",
            "sud record list messages --as ada",
            [collection, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.User);
                var user = session.Get(session.User());
                if (run.Get(collection) is { } name) await ListAsync(run, user, name);
                else
                {
                    var names = await user.ListCollectionsAsync();
                    run.Out.Show(
                        new { Collections = names },
                        () => run.Out.Table(["Collection"], names.Select(IReadOnlyList<string?> (n) => [n])));
                }
            });
    }

    private static async Task ListAsync(Run run, IUser user, string collection)
    {
        using var progress = run.Out.Progress("listing records");
        var records = await Pages.AllAsync(
            cursor => user.ListRecordsAsync(collection, cursor, Limits.PageItems), progress, run.Cancellation);
        run.Out.Show(
            new { Records = records },
            () => run.Out.Table(
                ["Id", "Type", "Bytes", "Stored"],
                records.Select(IReadOnlyList<string?> (r) =>
                    [r.Id.ToString(), r.ContentType, Output.Number(r.Bytes), Output.Time(r.StoredAt)])));
    }

    private static Command Delete(CommandLine cli)
    {
        var collection = CollectionArgument;
        var id = IdArgument;
        var user = new Option<string?>("--user")
        {
            Description = "The user's id or saved name; needed for an application only.", HelpName = "ID",
        };
        return cli.Command(
            "delete",
            "Deletes a record, as the user or as the application.",
            "sud record delete messages rec_01… --as ada",
            [collection, id, user, cli.As],
            async run =>
            {
                var wanted = Record(run.Get(id));
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.User, CallerKind.Application);
                var owner = folder.UserOf(session, run.Get(user));
                await session.Get(owner).DeleteRecordAsync(run.Get(collection), wanted);
                run.Out.Show(
                    new { User = owner, Collection = run.Get(collection), Id = wanted, Deleted = true },
                    () => run.Out.Line($"{wanted} is deleted."));
            });
    }

    private static RecordId Record(string text) => RecordId.TryParse(text, out var id)
        ? id
        : throw new UsageException($"'{text}' is not a record id: it begins with rec_.");

    private static string TypeOf(string file) => file == "-" ? "text/plain" : Path.GetExtension(file) switch
    {
        ".txt" => "text/plain",
        ".json" => "application/json",
        _ => "application/octet-stream",
    };

    private static async Task<byte[]> ReadAsync(Run run, string file)
    {
        await using var stream = file == "-" ? run.Around.In : Opened(run.Around.FullPath(file));
        var content = new byte[Limits.RecordBytes + 1];
        var length = await stream.ReadAtLeastAsync(
            content, content.Length, throwOnEndOfStream: false, run.Cancellation);
        return length <= Limits.RecordBytes
            ? content[..length]
            : throw new CommandException(
                $"The content has more than {Limits.RecordBytes} bytes: split it into records.");
    }

    internal static FileStream Opened(string path) => File.Exists(path)
        ? File.OpenRead(path)
        : throw new CommandException($"There is no file {path}: name another one.");
}
