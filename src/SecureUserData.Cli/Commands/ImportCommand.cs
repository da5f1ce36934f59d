using System.CommandLine;
namespace SecureUserData.Cli.Commands;
internal static class ImportCommand
{
    internal static Command In(CommandLine cli) => cli.Command("import", "d", "e", [], async run => { await run.OpenAsync(); });
}
