using System.CommandLine;
using SecureUserData.Cli.Keys;
using SecureUserData.Embedded;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud init</c>.</summary>
internal static class InitCommand
{
    private const string OperatorName = "operator";

    internal static Command In(CommandLine cli) => cli.Command(
        "init",
        "Sets up an installation in the data folder and saves its operator's credential, as 'operator' unless "
        + "--save-as says otherwise. Without SUD_MASTER_KEY or SUD_MASTER_KEY_FILE it makes a key file in your "
        + "configuration folder, which is for trying out only.",
        "SUD_MASTER_KEY_FILE=/etc/sud/master.key sud init --data /var/lib/sud",
        [cli.SaveAs],
        InitAsync);

    private static async Task InitAsync(Run run)
    {
        if (EmbeddedEngine.Exists(run.Folder))
            throw new CommandException(
                $"There is an installation in {run.Folder} already: use it, or name another folder.");
        var saved = SavedCredentials.Load(run.Around, run.Folder, run.Out);
        using var pending = saved.Reserve(run.SaveAs ?? OperatorName);
        using var key = MasterKey.FindOrMake(run.Around, run.Folder, run.Out);
        await using var engine = await CreateAsync(run, key, pending);
        run.Out.Show(
            new { Folder = run.Folder, MasterKey = key.Source, SavedAs = pending.Name, SavedIn = saved.File },
            () => run.Out.Details(
                ("Data folder", run.Folder),
                ("Master key", key.Source),
                ("Operator", $"saved as '{pending.Name}' in {saved.File}")));
    }

    private static async Task<EmbeddedEngine> CreateAsync(Run run, MasterKey key, PendingCredential pending)
    {
        NewInstallation made;
        try
        {
            made = await EmbeddedEngine.CreateAsync(run.Folder, key.Ring, run.Around.Options);
        }
        catch
        {
            if (!EmbeddedEngine.Exists(run.Folder)) key.TakeBack();
            throw;
        }
        try
        {
            var session = await made.Engine.SignInAsync(made.OperatorCredential);
            pending.Save(SavedKind.Operator, session.Identity.Id, made.OperatorCredential);
            return made.Engine;
        }
        catch
        {
            await made.Engine.DisposeAsync();
            throw;
        }
    }
}
