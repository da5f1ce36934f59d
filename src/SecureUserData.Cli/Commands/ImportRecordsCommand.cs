using System.CommandLine;
using SecureUserData.Access;
using SecureUserData.Cli.Console;
using SecureUserData.Cli.Csv;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud record import</c>.</summary>
internal static class ImportRecordsCommand
{
    internal static Command In(CommandLine cli)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A file in UTF-8 whose first line names the columns: .csv with commas, or .tsv with tabs, in "
                + "which every space counts.",
        };
        var collection = new Option<string>("--collection")
        {
            Description = "The collection.", HelpName = "NAME", Required = true,
        };
        var userBy = new Option<string?>("--user-by")
        {
            Description = "The unique or indexed field, and the column with its value, that tell whose a row is.",
            HelpName = "FIELD=COLUMN",
        };
        var roundRobin = new Option<bool>("--round-robin")
        {
            Description = "Give one row to each user in turn, in the order of their creation. Run again after users "
                + "were created or erased, it gives rows to others than before.",
        };
        return cli.Command(
            "import",
            "Puts a record for each row of a file, as the application: JSON with one text for each column. Rows that "
            + "are wrong are reported and do not stop the others. It can be run again after it was stopped: a row "
            + "makes the same record on the same line, and adds nothing where it is there.",
            "sud record import messages.tsv --collection messages --user-by email=recipient --as city-clinic",
            [file, collection, userBy, roundRobin, cli.As],
            run =>
            {
                if (run.Get(userBy) is null != run.Get(roundRobin))
                    throw new UsageException("Say whose the rows are: either --user-by FIELD=COLUMN or --round-robin.");
                var name = Names.Check(run.Get(collection), "collection");
                return ImportAsync(run, run.Around.FullPath(run.Get(file)), name, Assignment(run.Get(userBy)));
            });
    }

    private static async Task<int> ImportAsync(Run run, string path, string collection, (string, string)? userBy)
    {
        using var file = new CsvFile(path, Format(path));
        var column = userBy is var (_, named) ? Column(file, named) : -1;
        await using var folder = await run.OpenAsync();
        var credential = run.Credential(folder, CallerKind.Application);
        var session = await folder.Engine.SignInAsync(credential);
        var app = session.Get(session.App());
        IRowOwners owners = userBy is var (field, _)
            ? new UserByField(session, await DemandIndexedAsync(app, field), column)
            : new RoundRobin(await UsersAsync(run, app));
        using var progress = run.Out.Progress("importing", file.Lines - 1);
        var import = new RecordImport(session, credential, collection, file.Header, owners, progress);
        try
        {
            await import.RunAsync(file.Rows, run.Cancellation);
        }
        finally
        {
            progress.Dispose();
            Show(run, import); // also when it ended early: what is done is done
        }
        return import.Refused == 0 ? 0 : 1;
    }

    private static (string Field, string Column)? Assignment(string? text)
    {
        if (text is null) return null;
        var equals = text.IndexOf('=');
        return equals > 0 && equals < text.Length - 1
            ? (text[..equals], text[(equals + 1)..])
            : throw new UsageException("--user-by is written FIELD=COLUMN, as in email=recipient.");
    }

    private static RowFormat Format(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => RowFormat.Csv,
        ".tsv" => RowFormat.Tsv,
        _ => throw new UsageException("The file is neither .csv nor .tsv: name it after what separates it."),
    };

    private static int Column(CsvFile file, string name)
    {
        for (var i = 0; i < file.Header.Count; i++)
            if (file.Header[i] == name) return i;
        throw new CommandException($"The header names no column '{name}': write it as it stands there.");
    }

    private static async Task<string> DemandIndexedAsync(IApplication app, string field)
    {
        var settings = (await app.GetAsync()).Settings;
        return settings.UniqueFields.Contains(field) || settings.IndexedFields.Contains(field)
            ? field
            : throw new CommandException($"Users cannot be looked up by '{field}': it is neither unique nor indexed.");
    }

    private static async Task<IReadOnlyList<UserId>> UsersAsync(Run run, IApplication app)
    {
        using var progress = run.Out.Progress("listing users");
        var users = await Pages.AllAsync(
            cursor => app.ListUsersAsync(cursor, Limits.PageItems), progress, run.Cancellation);
        return users.Count > 0 ? users : throw new CommandException("There are no users: create or import them first.");
    }

    private static void Show(Run run, RecordImport import)
    {
        var seconds = import.Elapsed.TotalSeconds;
        foreach (var (line, reason) in import.Problems) run.Out.Error($"line {line}: {reason}");
        var unlisted = import.Refused - import.Problems.Count;
        if (unlisted > 0) run.Out.Error($"{Output.Number(unlisted)} more lines were refused.");
        run.Out.Show(
            new
            {
                import.Added,
                import.AlreadyThere,
                import.Refused,
                Seconds = Math.Round(seconds, 3),
                Problems = import.Problems.Select(problem => new { problem.Line, problem.Reason }),
            },
            () => run.Out.Details(
                ("Added", $"{Output.Number(import.Added)} in {seconds:0.0} s ({import.Added / seconds:0}/s)"),
                ("Already there", Output.Number(import.AlreadyThere)),
                ("Refused", Output.Number(import.Refused))));
    }
}
