using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SecureUserData.Cli;

/// <summary>A command whose help ends with an example.</summary>
internal sealed class CliCommand(string name, string description, string example) : Command(name, description)
{
    internal string Example => example;
}

/// <summary>The usual help, and the example after it.</summary>
internal sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var example = parseResult.CommandResult.Command is CliCommand command ? command.Example : "sud demo";
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Example:");
        foreach (var line in example.Split('\n')) output.WriteLine($"  {line}");
        return 0;
    }
}
