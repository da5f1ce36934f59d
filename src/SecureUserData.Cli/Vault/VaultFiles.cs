using SecureUserData.Cli.Keys;
using SecureUserData.Vault;

namespace SecureUserData.Cli.Vault;

/// <summary>What this machine keeps for the users of the vaults in one data folder: for each a key file, encrypted
/// under a passphrase, and beside it what the user has seen of the vault.</summary>
internal sealed class VaultFiles(Run run)
{
    private const string KeyEnd = ".key";

    private readonly string _folder = ConfigurationFolder.VaultFolder(run.Around, run.Folder);

    internal string KeyFile(VaultUserId user) => Path.Combine(_folder, $"{user}{KeyEnd}");

    internal string TrustFile(VaultUserId user) => Path.Combine(_folder, $"{user}.trust");

    /// <summary>Keeps new keys, and where their trust begins, before anybody believes them.</summary>
    internal void Add(UserKeys keys, VaultTrust trust, string passphrase)
    {
        var user = VaultUserId.Parse(keys.User);
        if (File.Exists(KeyFile(user)))
            throw new CommandException(
                $"There is a key file of this user already: use it, or, if it never signed in, move {KeyFile(user)} "
                + "away and try again.");
        Save(keys, trust);
        SecureUserData.Vault.KeyFile.Create(KeyFile(user), keys, passphrase, run.Around.KeyFileRounds);
    }

    /// <summary>Takes keys back that the vault has refused.</summary>
    internal void TakeBack(VaultUserId user)
    {
        File.Delete(KeyFile(user));
        File.Delete(TrustFile(user));
    }

    internal void Save(UserKeys keys, VaultTrust trust) => Save(VaultUserId.Parse(keys.User), trust.ToBytes(keys));

    internal void Save(VaultUserId user, byte[] trust)
    {
        using var file = new OwnerOnlyFile(TrustFile(user));
        file.Save(trust, replace: true);
    }

    /// <summary>What a user has seen.</summary>
    /// <param name="user">The user.</param>
    /// <param name="keys">The user's; null to show something of it only.</param>
    internal VaultTrust Load(VaultUserId user, UserKeys? keys = null)
    {
        var file = TrustFile(user);
        if (!File.Exists(file))
            throw new CommandException(
                $"What was seen of the vault is not beside the key file: restore {file} from a copy, or move the "
                + "key file away and start again from the recovery kit with 'sud vault recover'.");
        try
        {
            return VaultTrust.Parse(File.ReadAllBytes(file), keys);
        }
        catch (SecureUserDataException e) when (e.Code is ErrorCode.Invalid or ErrorCode.Tampered)
        {
            throw new CommandException($"{file}: {e.Message}");
        }
    }

    /// <summary>The user who is named, by id or name, or the only one.</summary>
    internal VaultUserId Choose(string? name)
    {
        var users = Users();
        if (name is not null)
            users = VaultUserId.TryParse(name, out var id)
                ? [.. users.Where(user => user == id)]
                : [.. users.Where(user => Name(user) == name)];
        return users switch
        {
            [var only] => only,
            [] when name is null => throw new UsageException(
                "No vault user has a key file here for this data folder: 'sud vault setup' with an invitation makes "
                + "one, and 'sud vault init' a vault."),
            [] => throw new UsageException(
                $"No vault user '{name}' has a key file here for this data folder: leave --as out, or set up."),
            _ => throw new UsageException(
                $"Several vault users have key files here ({string.Join(", ", users.Select(Shown))}): choose one with "
                + "--as USER."),
        };
    }

    private List<VaultUserId> Users()
    {
        var users = new List<VaultUserId>();
        if (!Directory.Exists(_folder)) return users;
        foreach (var file in Directory.EnumerateFiles(_folder, $"*{KeyEnd}").Order(StringComparer.Ordinal))
            if (VaultUserId.TryParse(Path.GetFileName(file)[..^KeyEnd.Length], out var user)) users.Add(user);
        return users;
    }

    private string Shown(VaultUserId user) => Name(user) is { } name ? $"{name} = {user}" : $"{user}";

    /// <summary>Null where what the user has seen is lost or damaged: whoever is chosen is told of that, and nobody
    /// else.</summary>
    private string? Name(VaultUserId user)
    {
        try
        {
            return Load(user).Ledger.Users.GetValueOrDefault(user)?.Name;
        }
        catch (CommandException)
        {
            return null;
        }
    }
}
