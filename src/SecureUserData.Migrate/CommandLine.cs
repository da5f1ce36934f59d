using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using MongoDB.Driver;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cryptography;
using SecureUserData.Migrate.Databases;
using SecureUserData.Migrate.Folders;

namespace SecureUserData.Migrate;

/// <summary>Parses the command line, runs it, and turns whatever goes wrong into a line and an exit code.</summary>
internal sealed class CommandLine(Surroundings around, CancellationToken cancellation)
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int Stopped = 130;
    private const string Scheme = "mongodb";

    private readonly Option<string> _from = End("--from", "Where the installation is: it is not changed.");
    private readonly Option<string> _to = End(
        "--to", "Where it goes: something empty, or what a run that was stopped has left.");

    private readonly Option<string> _database = Text("--database", "NAME", "The database of the data.", "sud");

    private readonly Option<string?> _erasures = new("--erasure-database")
    {
        Description = "The database of the erasure list; NAME_erasures unless set.", HelpName = "NAME",
    };

    private readonly Option<string?> _clusterDatabase = new("--cluster-database")
    {
        Description = "The database of the cluster's membership and wake-ups; NAME_cluster unless set.",
        HelpName = "NAME",
    };

    private readonly Option<string> _cluster = Text("--cluster-id", "ID", "The name of the cluster.", "sud");

    private readonly Option<bool> _stopped = new("--no-cluster-running")
    {
        Description = "You have made sure that no silo is running, where the database cannot tell.",
    };

    private readonly Option<bool> _check = new("--check")
    {
        Description = "Only compare the two, everything with everything. The exit code is 0 only if they are the same.",
    };

    internal async Task<int> RunAsync(string[] args)
    {
        try
        {
            var root = new RootCommand(
                "Moves an installation of SecureUserData between the data folder of the embedded engine and the "
                + "MongoDB of a cluster. DIR is a folder; 'mongodb' is what SUD_MONGODB or the file SUD_MONGODB_FILE "
                + "says, and mongodb://host/ says it here, without a password. The master key ring comes from "
                + "SUD_MASTER_KEY or SUD_MASTER_KEY_FILE. A run that was stopped is run again, and goes on.")
            {
                _from, _to, _database, _erasures, _clusterDatabase, _cluster, _stopped, _check,
            };
            root.SetAction((parsed, _) => RunAsync(parsed));
            foreach (var option in root.Options)
                if (option is HelpOption { Action: HelpAction help }) option.Action = new HelpWithExample(help);
            var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
                throw new UsageException($"{parsed.Errors[0].Message.TrimEnd('.')}: see 'sud-migrate --help'.");
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                    Output = around.Out,
                    Error = around.Error,
                },
                cancellation);
        }
        catch (Exception e)
        {
            return Report(e);
        }
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var (from, to) = (parsed.GetValue(_from)!, parsed.GetValue(_to)!);
        if (IsDatabase(from) == IsDatabase(to))
            throw new UsageException("One of --from and --to is a folder, and the other one is mongodb.");
        using var masters = MasterKeyRing.Parse(around.Secret("SUD_MASTER_KEY") ?? throw new UsageException(
            "There is no master key: set SUD_MASTER_KEY or SUD_MASTER_KEY_FILE to the installation's."));
        await using var source = Open(from, parsed);
        await using var target = Open(to, parsed);
        var migration = new Migration(
            source, target, masters, new ProgressLines(around.Error, TimeProvider.System).Begin);
        if (!parsed.GetValue(_check))
        {
            Show(await migration.RunAsync(cancellation), source, target);
            return 0;
        }
        var differences = await migration.CheckAsync(cancellation);
        if (differences.Count > 0) throw new DifferencesException(differences);
        around.Out.WriteLine($"{source.Name} and {target.Name} hold the same.");
        return 0;
    }

    private void Show(Moved moved, IEnd source, IEnd target)
    {
        FormattableString[] lines =
        [
            $"The installation is in {target.Name} now. Everything was compared, and the log verified:",
            $"{moved.States:N0} states, {moved.Records:N0} records, {moved.UniqueKeys:N0} unique keys,",
            $"{moved.Entries:N0} entries of the log, {moved.Wakeups:N0} wake-ups, {moved.Erasures:N0} certificates.",
            $"{source.Name} was not changed. Use it no more: what is done there from now on is lost, and who is erased",
            $"lives on in it. Keep it closed until the other one has a backup, then delete it.",
        ];
        foreach (var line in lines) around.Out.WriteLine(FormattableString.Invariant(line));
    }

    private IEnd Open(string end, ParseResult parsed)
    {
        if (!IsDatabase(end)) return new FolderEnd(Path.TrimEndingDirectorySeparator(around.FullPath(end)));
        var name = parsed.GetValue(_database)!;
        var options = new MongoOptions(Connection(end), name)
        {
            ErasureDatabase = parsed.GetValue(_erasures) ?? name + "_erasures",
        };
        var cluster = new ClusterPlace(
            parsed.GetValue(_clusterDatabase) ?? name + "_cluster", parsed.GetValue(_cluster)!);
        return new MongoEnd(options, cluster, parsed.GetValue(_stopped));
    }

    private string Connection(string end)
    {
        var text = end != Scheme ? end : around.Secret("SUD_MONGODB") ?? throw new UsageException(
            "Where MongoDB is was not said: set SUD_MONGODB or SUD_MONGODB_FILE to a connection string.");
        try
        {
            var url = new MongoUrl(text);
            if (end != Scheme && url.Password is not null)
                throw new UsageException(
                    "A password is never an argument, others can see it there: say 'mongodb', set SUD_MONGODB or "
                    + "SUD_MONGODB_FILE to the connection string, and change this password.");
            return text;
        }
        catch (Exception e) when (e is MongoException or ArgumentException or FormatException) // quotes the password
        {
            throw new UsageException("This is no connection string: one is such as mongodb://host/?replicaSet=rs0.");
        }
    }

    private static bool IsDatabase(string end) => end == Scheme
        || end.StartsWith("mongodb://", StringComparison.Ordinal)
        || end.StartsWith("mongodb+srv://", StringComparison.Ordinal);

    private int Report(Exception exception)
    {
        switch (exception)
        {
            case UsageException:
                return Fail(exception.Message, Usage);
            case DifferencesException { Differences: var found }:
                foreach (var difference in found.Named) around.Error.WriteLine(difference);
                return Fail($"{found.Count} differences; the first of them are above.", Failure);
            case SecureUserDataException:
                return Fail(exception.Message, Failure);
            case OperationCanceledException when cancellation.IsCancellationRequested:
                return Fail("Stopped; run it again to go on.", Stopped);
            case UnauthorizedAccessException or IOException:
                return Fail(
                    $"{exception.Message.TrimEnd('.')}: check the path, its permissions and the disk.", Failure);
            default: // its message may hold data
                return Fail(
                    MongoErrors.IsOfDatabase(exception)
                        ? MongoErrors.Translate(exception).Message
                        : $"Something unexpected went wrong ({exception.GetType().Name}): please report it.",
                    Failure);
        }
    }

    private int Fail(string message, int code)
    {
        around.Error.WriteLine($"sud-migrate: {message}");
        return code;
    }

    private static Option<string> End(string name, string description) =>
        new(name) { Description = description, HelpName = "DIR|mongodb", Required = true };

    private static Option<string> Text(string name, string value, string description, string otherwise) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => otherwise };

    private sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(
                "Example:\n  sud-migrate --from ./sud-data --to mongodb://127.0.0.1/?replicaSet=rs0");
            return 0;
        }
    }
}
