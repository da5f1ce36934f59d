using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli;

/// <summary>Parses one command line, runs it, and turns whatever goes wrong into one line and an exit code.</summary>
internal sealed partial class CommandLine(Surroundings around, CancellationToken cancellation)
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int Stopped = 130;

    private readonly Output _output = new(around);

    /// <summary>The data folder.</summary>
    internal Option<string> Data { get; } = new("--data")
    {
        Description = "The data folder.",
        HelpName = "DIR",
        Recursive = true,
        DefaultValueFactory = _ => "./sud-data",
    };

    internal Option<bool> Json { get; } = new("--json")
    {
        Description = "Print JSON on stdout, and nothing else there.",
        Recursive = true,
    };

    /// <summary>Whose credential to use.</summary>
    internal Option<string?> As { get; } = new("--as")
    {
        Description = "The name of the saved credential to use. May be left out when only one of the needed kind is "
            + "saved for this data folder. SUD_CREDENTIAL overrides it.",
        HelpName = "NAME",
    };

    /// <summary>Under which name to save what is minted.</summary>
    internal Option<string?> SaveAs { get; } = new("--save-as")
    {
        Description = "Save the new credential under this name.",
        HelpName = "NAME",
    };

    internal async Task<int> RunAsync(string[] args, Func<CommandLine, IEnumerable<Command>> commands)
    {
        try
        {
            CheckArguments(args);
            var root = new RootCommand(
                "SecureUserData: users' personal data, encrypted under a key of its own per user, read by nobody "
                + "without the user's permission, and every reading on record.") { Data, Json };
            foreach (var command in commands(this)) root.Add(command);
            foreach (var option in root.Options)
                if (option is HelpOption { Action: HelpAction help }) option.Action = new HelpWithExample(help);
            // No @file arguments: a value may begin with @.
            return await RunAsync(root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }));
        }
        catch (Exception e)
        {
            return Report(e);
        }
        finally
        {
            _output.Dispose();
        }
    }

    /// <summary>A command that does something.</summary>
    internal Command Command(
        string name, string description, string example, IEnumerable<Symbol> symbols, Func<Run, Task<int>> run)
    {
        var command = new CliCommand(name, description, example);
        foreach (var symbol in symbols)
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        command.SetAction((parsed, _) => run(new Run(this, parsed, around, _output, cancellation)));
        return command;
    }

    /// <summary>A command that does something and succeeds if nothing is thrown.</summary>
    internal Command Command(
        string name, string description, string example, IEnumerable<Symbol> symbols, Func<Run, Task> run) =>
        Command(name, description, example, symbols, async Task<int> (Run r) =>
        {
            await run(r);
            return 0;
        });

    /// <summary>A command that holds others.</summary>
    internal static Command Group(string name, string description, string example, params Command[] commands)
    {
        var group = new CliCommand(name, description, example);
        foreach (var command in commands) group.Add(command);
        return group;
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
        {
            var path = string.Join(' ', Path(parsed.CommandResult).Reverse());
            var message = parsed switch
            {
                { UnmatchedTokens: [var unknown, ..] } => $"There is no command or argument '{unknown}' here",
                { Errors: [{ SymbolResult: ArgumentResult { Tokens.Count: 0, Argument: var missing } }, ..] } =>
                    $"{missing.Name} is missing",
                _ => parsed.Errors[0].Message.TrimEnd('.'),
            };
            throw new UsageException($"{message}: see '{path} --help'.");
        }
        _output.IsJson = parsed.GetValue(Json);
        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = _output.Writer,
                Error = _output.Writer,
            },
            cancellation);
    }

    private static IEnumerable<string> Path(SymbolResult? result)
    {
        for (; result is CommandResult command; result = command.Parent)
            yield return command.Parent is null ? "sud" : command.Command.Name;
    }

    /// <summary>Arguments stand in the process list and in the shell's history, where a secret must never be.</summary>
    private static void CheckArguments(string[] args)
    {
        foreach (var argument in args)
        {
            if (Secret.IsMatch(argument))
                throw new UsageException(
                    "A credential is never an argument, others can see it there: use --as, --code-file or "
                    + "SUD_CREDENTIAL, and have this one re-issued.");
            if (VaultInvitation.IsMatch(argument))
                throw new UsageException(
                    "An invitation is never an argument, others can see it there: it is asked for, or read from "
                    + "stdin. Have the user invited again.");
            if (argument.Contains('\uFFFD'))
                throw new UsageException("An argument is not valid UTF-8: write it in UTF-8.");
        }
    }

    [GeneratedRegex("sud_(app|usr|scr|op|claim)_[0-9a-z]{26}_[0-9a-z]{8}")]
    private static partial Regex Secret { get; }

    [GeneratedRegex("sud_vault_[0-9a-z]{26}_")]
    private static partial Regex VaultInvitation { get; }

    private int Report(Exception exception)
    {
        switch (exception)
        {
            case UsageException:
                return Fail(exception.Message, Usage);
            case CommandException or SecureUserDataException:
                return Fail(exception.Message, Failure);
            case OperationCanceledException when cancellation.IsCancellationRequested:
                return Fail("Stopped; what was reported as done is done.", Stopped);
            case UnauthorizedAccessException or IOException:
                return Fail(
                    $"{exception.Message.TrimEnd('.')}: check the path, its permissions and the disk.", Failure);
            default: // its message may hold data
                return Fail(
                    $"Something unexpected went wrong ({exception.GetType().Name}): please report it.", Failure);
        }
    }

    private int Fail(string message, int code)
    {
        _output.Error(message);
        return code;
    }
}
