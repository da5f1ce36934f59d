using System.CommandLine;
namespace SecureUserData.Cli.Commands;
internal static class DemoCommand
{
    internal static Command In(CommandLine cli) => cli.Command("demo", "d", "e", [], async run => { await run.OpenAsync(); });
}
