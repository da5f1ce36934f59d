using SecureUserData.Cli.Commands;
using SecureUserData.Cli.Rotate;
using SecureUserData.Cli.Vault;

namespace SecureUserData.Cli;

/// <summary>The command <c>sud</c>: what there is.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using var interruption = new Interruption();
        return await RunAsync(args, Surroundings.OfThisProcess(), interruption.Token);
    }

    /// <summary>Runs one command line.</summary>
    /// <returns>0 on success, 2 when the command line is wrong, 130 when stopped, otherwise 1.</returns>
    internal static Task<int> RunAsync(string[] args, Surroundings around, CancellationToken cancellation) =>
        new CommandLine(around, cancellation).RunAsync(args, cli =>
        [
            DemoCommand.In(cli),
            InitCommand.In(cli),
            StatusCommand.In(cli),
            AppCommands.In(cli),
            UserCommands.In(cli),
            RecordCommands.In(cli),
            ScriptCommands.In(cli),
            ConsentCommands.In(cli),
            ReadCommand.In(cli),
            ReadAllCommand.In(cli),
            ExportCommand.In(cli),
            EraseCommand.In(cli),
            CertificateCommands.In(cli),
            LogCommands.In(cli),
            RetentionCommands.In(cli),
            RotateCommands.In(cli),
            VaultCommands.In(cli),
            BackupCommands.In(cli),
            RestoreCommand.In(cli),
        ]);
}
