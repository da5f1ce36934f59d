using System.CommandLine;
using SecureUserData.Cli.Keys;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Cli.Rotate;

/// <summary><c>sud rotate master</c>.</summary>
internal static class RotateMaster
{
    internal static Command In(CommandLine cli)
    {
        var newKey = new Option<bool>("--new-key")
        {
            Description = "First put a fresh key in front of the others in the master key file.",
        };
        var dropOld = new Option<bool>("--drop-old")
        {
            Description = "Rotate nothing: take the keys that nothing needs any more out of the master key file.",
        };
        return cli.Command(
            "master",
            "Wraps every application's keys under the first key of the master key ring, as an operator.",
            "sud rotate master --new-key\nsud rotate master --drop-old",
            [newKey, dropOld, cli.As],
            async run =>
            {
                if (run.Get(newKey) && run.Get(dropOld))
                    throw new UsageException("--new-key and --drop-old do not go together: rotate before you drop.");
                if (run.Get(dropOld))
                {
                    await DropOldAsync(run);
                    return;
                }
                if (run.Get(newKey)) await AddKeyAsync(run);
                await RotateAsync(run);
            });
    }

    private static async Task RotateAsync(Run run)
    {
        await using var folder = await run.OpenAsync();
        var rotation = await SignInAsync(run, folder);
        if (folder.Key.Ring.Versions is [var only])
            throw new CommandException(
                $"The master key ring has one key, version {only}, and everything is under it. Put a new key first: "
                + (folder.Key.File is null ? ByHand(folder.Key) : "'sud rotate master --new-key'."));
        await RotateCommands.StartAsync(run, folder, RotationTarget.Of(rotation), rotation.StartAsync, watch: false);
    }

    /// <summary>Puts a new key into the file while the data folder is open with the old ones: so it is known that they
    /// are the right ones and that it is an operator who asks, and nobody else changes the file.</summary>
    private static async Task AddKeyAsync(Run run)
    {
        await using var folder = await run.OpenAsync();
        var rotation = await SignInAsync(run, folder);
        if (folder.Key.File is null)
            throw new CommandException(
                $"The master key is in {folder.Key.Source}, which sud cannot change. By hand: {ByHand(folder.Key)}");
        if ((await rotation.GetAsync()).Current is not null)
            throw new CommandException(
                "A rotation is under way: let it end, or cancel it. 'sud rotate status --master' shows how far it is.");
        var version = MasterKeyFile.Read(folder.Key).Prepend();
        run.Out.Note(
            $"Version {version} is in {folder.Key.File}. Copy the file to wherever you keep a copy: without this key "
            + "nothing opens from now on.");
    }

    /// <summary>Takes old keys out of the file while the data folder is open without them: so it is known that nothing
    /// needs them.</summary>
    private static async Task DropOldAsync(Run run)
    {
        using var key = MasterKey.Find(run.Around, run.Folder, run.Out);
        if (key.File is null)
            throw new CommandException(
                $"The master key is in {key.Source}, which sud cannot change: take out by hand the versions that "
                + "'sud rotate status --master' names.");
        var (removable, old) = await FindOldAsync(run);
        using var rest = MasterKeyFile.Read(key).Without(old);
        await using var engine = await OpenAsync(run, rest);
        if (removable.Count == 0)
            throw new CommandException(
                "Nothing was removed: no rotation has gone over everything since the first key was put into the ring. "
                + "Run 'sud rotate master' first.");
        MasterKeyFile.Read(key).Remove(old); // read once more, now that nobody else can change it
        run.Out.Show(
            new { Removed = old, Ring = rest.Versions, MasterKey = key.Source },
            () => run.Out.Details(
                ("Removed", $"version {string.Join(", ", old)}"),
                ("Ring", $"version {string.Join(", ", rest.Versions)}"),
                ("Master key", key.Source)));
    }

    /// <summary>What may leave the ring, and what is to: all old keys when none may, to learn what needs them.
    /// </summary>
    private static async Task<(IReadOnlyList<int> Removable, IReadOnlyList<int> Old)> FindOldAsync(Run run)
    {
        await using var folder = await run.OpenAsync();
        var report = await (await SignInAsync(run, folder)).GetAsync();
        if (report.Ring.Count == 1) throw new CommandException("The master key ring has no old key.");
        return (report.Removable, report.Removable.Count > 0 ? report.Removable : [.. report.Ring.Skip(1)]);
    }

    private static async Task<EmbeddedEngine> OpenAsync(Run run, MasterKeyRing ring)
    {
        try
        {
            return await EmbeddedEngine.OpenAsync(run.Folder, ring, new EmbeddedOptions { Time = run.Around.Time });
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Unavailable)
        {
            throw new CommandException($"Nothing was removed, because the data folder does not open then: {e.Message}");
        }
    }

    private static string ByHand(MasterKey key) =>
        $"SUD_MASTER_KEY=\"{key.Ring.Versions[0] + 1}:$(head -c 32 /dev/urandom | base64),$SUD_MASTER_KEY\", kept "
        + "where the present one is kept; then run 'sud rotate master'.";

    private static async Task<IMasterRotation> SignInAsync(Run run, OpenFolder folder)
    {
        var session = await run.SignInAsync(folder, CallerKind.Operator);
        return session.Get(new MasterRotationId());
    }
}
