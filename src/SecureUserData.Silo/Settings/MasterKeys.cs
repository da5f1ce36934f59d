using SecureUserData.Cryptography;

namespace SecureUserData.Silo.Settings;

/// <summary>Where the master key ring comes from.</summary>
internal static class MasterKeys
{
    private const string KeyVariable = "SUD_MASTER_KEY";
    private const string FileVariable = "SUD_MASTER_KEY_FILE";
    private const int MaxFileBytes = 64 * 1024;

    /// <exception cref="CommandException">There is none, there are two, or others can read it.</exception>
    internal static MasterKeyRing Load(Surroundings around)
    {
        var text = around.Variable(KeyVariable);
        var file = around.Variable(FileVariable);
        return (text, file) switch
        {
            (null, null) => throw new CommandException(
                $"There is no master key: set {FileVariable} to a file of yours only, or {KeyVariable}. A new one is "
                + "made with: echo \"1:$(openssl rand -base64 32)\""),
            (not null, not null) => throw new CommandException(
                $"Both {KeyVariable} and {FileVariable} are set: set one of them."),
            (not null, null) => MasterKeyRing.Parse(text),
            (null, not null) => FromFile(around.FullPath(file)),
        };
    }

    private static MasterKeyRing FromFile(string path)
    {
        SecretFile.Demand(path, "master key", byGroup: false);
        if (new FileInfo(path).Length > MaxFileBytes)
            throw new CommandException($"{path} is too large for a master key file: name the right one.");
        return MasterKeyRing.Parse(File.ReadAllText(path));
    }
}
