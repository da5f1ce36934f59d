using System.CommandLine;
using System.Text;

namespace SecureUserData.Silo.Commands;

/// <summary><c>silo init</c>.</summary>
internal static class InitCommand
{
    private static readonly Option<string?> CredentialFile = new("--credential-file")
    {
        Description = "Write the operator's credential into this new file, for its owner only, instead of to stdout.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> IfMissing = new("--if-missing")
    {
        Description = "Do nothing, successfully, when there is an installation already.",
    };

    internal static Command In(CommandLine cli) => cli.Command(
        "init",
        "Sets the installation up in MongoDB, once, and gives the operator's credential, once.",
        "SUD_MASTER_KEY_FILE=/etc/sud/master.key silo init --credential-file /etc/sud/operator.credential",
        [CredentialFile, IfMissing],
        InitAsync);

    private static async Task InitAsync(Run run)
    {
        if (run.Parsed.GetValue(IfMissing) && await OpenInstallation.ExistsAsync(run.Settings.MongoDb))
        {
            run.Around.Error.WriteLine("silo: there is an installation already, nothing was done.");
            return;
        }
        if (run.Parsed.GetValue(CredentialFile) is not { } file)
        {
            run.Around.Out.WriteLine(
                (await OpenInstallation.CreateAsync(run.Around, run.Settings.MongoDb)).Reveal());
            Tell(run, "the operator's credential is above, and nowhere else");
            return;
        }
        var path = run.Around.FullPath(file);
        // Before anything is minted: a file that cannot be written would be found too late.
        await using (var stream = Create(path))
        {
            try
            {
                var credential = await OpenInstallation.CreateAsync(run.Around, run.Settings.MongoDb);
                stream.Write(Encoding.ASCII.GetBytes(credential.Reveal() + "\n"));
                stream.Flush(flushToDisk: true);
            }
            catch
            {
                File.Delete(path);
                throw;
            }
        }
        Tell(run, $"the operator's credential is in {path}, and nowhere else");
    }

    private static void Tell(Run run, string where) => run.Around.Error.WriteLine(
        $"silo: the installation is set up in {run.Settings.MongoDb.Options.Database}; {where}.");

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
