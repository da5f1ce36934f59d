using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Net.Sockets;
using SecureUserData.Silo.Commands;
using SecureUserData.Silo.Settings;

namespace SecureUserData.Silo;

/// <summary>Parses one command line, runs it, and turns whatever goes wrong into one line and an exit code.</summary>
internal sealed class CommandLine(Surroundings around)
{
    private const int Failure = 1;
    private const int Usage = 2;

    /// <summary>The file of settings.</summary>
    private readonly Option<string?> _config = new("--config")
    {
        Description = "The file of settings, JSON; ./silo.json if it is there. Environment variables override it: "
            + "SUD_Silo__Port is Silo:Port.",
        HelpName = "FILE",
        Recursive = true,
    };

    internal async Task<int> RunAsync(string[] args, Func<CommandLine, IEnumerable<Command>> commands)
    {
        try
        {
            var root = new RootCommand(
                "A silo of a SecureUserData cluster. Without a command it runs. The master key ring comes from "
                + "SUD_MASTER_KEY or SUD_MASTER_KEY_FILE, secrets are never arguments.") { _config };
            foreach (var command in commands(this)) root.Add(command);
            root.SetAction((parsed, cancellation) => RunCommand.RunAsync(Run(parsed, cancellation)));
            foreach (var option in root.Options)
                if (option is HelpOption { Action: HelpAction help }) option.Action = new HelpWithExample(help);
            return await RunAsync(root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }));
        }
        catch (Exception e)
        {
            return Report(e);
        }
    }

    /// <summary>A command that succeeds if nothing is thrown.</summary>
    internal Command Command(
        string name, string description, string example, IEnumerable<Option> options, Func<Run, Task> run)
    {
        var command = new SiloCommand(name, description, example);
        foreach (var option in options) command.Add(option);
        command.SetAction((parsed, cancellation) => run(Run(parsed, cancellation)));
        return command;
    }

    private Run Run(ParseResult parsed, CancellationToken cancellation) => new(
        around, parsed, SiloSettings.Load(around, parsed.GetValue(_config)), cancellation);

    private async Task<int> RunAsync(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
            throw new UsageException(
                (parsed.UnmatchedTokens is [var unknown, ..]
                    ? $"There is no command or argument '{unknown}'"
                    : parsed.Errors[0].Message.TrimEnd('.'))
                + ": see 'silo --help'.");
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // the host answers signals
            Output = around.Out,
            Error = around.Error,
        });
    }

    private int Report(Exception exception) => exception switch
    {
        UsageException => Fail(exception.Message, Usage),
        CommandException or SecureUserDataException => Fail(exception.Message, Failure),
        UnauthorizedAccessException or IOException or SocketException => Fail(
            $"{exception.Message.TrimEnd('.')}: check paths, permissions, addresses and ports.", Failure),
        // its message may hold data, or a connection string
        _ => Fail($"Something unexpected went wrong ({exception.GetType().Name}): please report it.", Failure),
    };

    private int Fail(string message, int code)
    {
        around.Error.WriteLine($"silo: {message}");
        return code;
    }

    /// <summary>The usual help, and the example after it.</summary>
    private sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            var example = parseResult.CommandResult.Command is SiloCommand command
                ? command.Example
                : "SUD_MASTER_KEY_FILE=/etc/sud/master.key silo run --config /etc/sud/silo.json";
            parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {example}");
            return 0;
        }
    }

    /// <summary>A command whose help ends with an example.</summary>
    private sealed class SiloCommand(string name, string description, string example) : Command(name, description)
    {
        internal string Example => example;
    }
}

/// <summary>One run of one command.</summary>
/// <param name="Around">What is around it.</param>
/// <param name="Parsed">The command line.</param>
/// <param name="Settings">The settings, valid.</param>
/// <param name="Cancellation">Asks it to end.</param>
internal sealed record Run(
    Surroundings Around, ParseResult Parsed, SiloSettings Settings, CancellationToken Cancellation);
