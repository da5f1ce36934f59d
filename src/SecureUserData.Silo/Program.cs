using SecureUserData.Silo.Commands;

namespace SecureUserData.Silo;

/// <summary>The program <c>silo</c>: what there is.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => RunAsync(args, Surroundings.OfThisProcess());

    /// <summary>Runs one command line.</summary>
    /// <returns>0 on success, 2 when the command line is wrong, otherwise 1.</returns>
    internal static Task<int> RunAsync(string[] args, Surroundings around) =>
        new CommandLine(around).RunAsync(args, cli =>
        [
            RunCommand.In(cli),
            InitCommand.In(cli),
            CheckCommand.In(cli),
            VerifyLogCommand.In(cli),
            EraseAgainCommand.In(cli),
        ]);
}
