using System.CommandLine;
using System.Text;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud erase</c>.</summary>
internal sealed class EraseCommand
{
    private readonly Option<string?> _user = new("--user")
    {
        Description = "The user's id or saved name; needed for an application only.", HelpName = "ID",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only show what would be removed and what would remain.",
    };

    private readonly Option<bool> _yes = new("--yes") { Description = "Do not ask." };

    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "Write the certificate to this new file; erased-<user's id>.jws unless named.", HelpName = "FILE",
    };

    internal static Command In(CommandLine cli)
    {
        var erase = new EraseCommand();
        return cli.Command(
            "erase",
            "Erases all of a user's data, as the user or as the application, and writes a signed certificate. It "
            + "cannot be undone. Called again it gives the certificate again.",
            "sud erase --as city-clinic --user ada --dry-run\nsud erase --as city-clinic --user ada",
            [erase._user, erase._dryRun, erase._yes, erase._certificate, cli.As],
            erase.RunAsync);
    }

    private async Task RunAsync(Run run)
    {
        await using var folder = await run.OpenAsync();
        var session = await run.SignInAsync(folder, CallerKind.User, CallerKind.Application);
        var user = folder.UserOf(session, run.Get(_user));
        var erasure = session.Get(new ErasureId(user));
        if (run.Get(_dryRun))
        {
            ShowPreview(run, user, await erasure.PreviewAsync());
            return;
        }
        var path = run.Around.FullPath(run.Get(_certificate) ?? $"erased-{user}.jws");
        if (Path.Exists(path))
            throw new CommandException($"{path} is there already: name another file with --certificate.");
        using var file = new OwnerOnlyFile(path); // before anything is erased
        if (!run.Get(_yes) && await erasure.GetAsync() is null) // nobody is asked twice
            Confirm(run, user, folder, await erasure.PreviewAsync());
        var erased = await EraseAsync(run, session, user);
        file.Save(Encoding.ASCII.GetBytes(erased.Certificate + "\n"), replace: false);
        run.Out.Show(
            new { User = user, erased.RequestedBy, erased.RequestedAt, erased.Removed, Certificate = path },
            () =>
            {
                run.Out.Details([("Erased", user.ToString()), .. Counts(erased.Removed), ("Certificate", path)]);
                run.Out.Note(
                    $"Check it anywhere with 'sud certificate verify {Path.GetFileName(path)} --key PUBLIC.pem'; "
                    + "'sud certificate key' gives the public key.");
            });
    }

    /// <summary>Erases, or gives what an earlier call has done.</summary>
    private static async Task<ErasureView> EraseAsync(Run run, ISession session, UserId user)
    {
        using var progress = run.Out.Progress("erasing");
        return await session.EraseAsync(user, progress: null, run.Cancellation);
    }

    private static void ShowPreview(Run run, UserId user, ErasurePreview preview) => run.Out.Show(
        new { User = user, preview.Removes, preview.Remains },
        () =>
        {
            run.Out.Line($"Nothing was erased. An erasure of {user} removes:");
            run.Out.Details([.. Counts(preview.Removes)]);
            run.Out.Line("It leaves:");
            run.Out.Details([.. preview.Remains.Select(kept =>
                (kept.What, (string?)$"{Output.Number(kept.Count)}, until {kept.Until}"))]);
        });

    /// <summary>Has the user's id or saved name typed.</summary>
    private static void Confirm(Run run, UserId user, OpenFolder folder, ErasurePreview preview)
    {
        if (!run.Around.InIsTerminal)
            throw new UsageException(
                "An erasure cannot be undone: look at it with --dry-run, and say --yes where nobody can be asked.");
        var name = folder.Saved.NameOf(user.ToString()) ?? user.ToString();
        foreach (var (what, count) in Counts(preview.Removes)) run.Out.Note($"{what}: {count}");
        run.Out.Note($"All of this is erased for good. Type {name} to go on:");
        using var reader = new StreamReader(run.Around.In, leaveOpen: true);
        var typed = reader.ReadLine()?.Trim();
        if (typed != name && typed != user.ToString()) throw new CommandException("Nothing was erased.");
    }

    private static IEnumerable<(string Name, string? Value)> Counts(IEnumerable<ErasedItems> items) =>
        items.Select(item => (item.What, (string?)Output.Number(item.Count)));
}
