using System.Text;
using SecureUserData.Cli.Console;
using SecureUserData.Cryptography;

namespace SecureUserData.Cli.Keys;

/// <summary>The master key ring of a data folder, and where it comes from.</summary>
internal sealed class MasterKey : IDisposable
{
    internal const int MaxFileBytes = 64 * 1024;

    private const string KeyVariable = "SUD_MASTER_KEY";
    private const string FileVariable = "SUD_MASTER_KEY_FILE";

    private readonly string? _made;

    private MasterKey(MasterKeyRing ring, string source, string? file, string? made = null)
    {
        Ring = ring;
        Source = source;
        File = file;
        _made = made;
    }

    internal MasterKeyRing Ring { get; }

    internal string Source { get; }

    /// <summary>The file that holds it; null when an environment variable does.</summary>
    internal string? File { get; }

    /// <summary>The key ring for a data folder that is there.</summary>
    internal static MasterKey Find(Surroundings around, string folder, Output output)
    {
        if (FromEnvironment(around, folder, output) is { } given) return given;
        var file = ConfigurationFolder.KeyFile(around, folder);
        if (!System.IO.File.Exists(file))
            throw new CommandException($"There is no master key: set {KeyVariable} or {FileVariable} to the one that "
                + "this data folder was set up with.");
        WarnOfTrial(file, output);
        return new MasterKey(FromFile(file, folder, output), file, file);
    }

    /// <summary>The key ring for a new data folder: where none is given, one is made, for trying out.</summary>
    internal static MasterKey FindOrMake(Surroundings around, string folder, Output output)
    {
        if (FromEnvironment(around, folder, output) is { } given) return given;
        var file = ConfigurationFolder.KeyFile(around, folder);
        // One is left there when a set-up ended before the installation was there.
        var isNew = !System.IO.File.Exists(file);
        RefuseInside(file, folder);
        if (isNew)
        {
            using var unfinished = new OwnerOnlyFile(file);
            unfinished.Save(Encoding.ASCII.GetBytes(MasterKeyRing.Generate() + "\n"), replace: false);
        }
        WarnOfTrial(file, output);
        return new MasterKey(FromFile(file, folder, output), file, file, isNew ? file : null);
    }

    /// <summary>Takes a key back that was made for an installation which then did not come about.</summary>
    internal void TakeBack()
    {
        if (_made is not null) System.IO.File.Delete(_made);
    }

    private static MasterKey? FromEnvironment(Surroundings around, string folder, Output output)
    {
        var text = around.Variable(KeyVariable) is { Length: > 0 } key ? key : null;
        var path = around.Variable(FileVariable) is { Length: > 0 } named ? around.FullPath(named) : null;
        if (text is not null && path is not null)
            throw new CommandException($"Both {KeyVariable} and {FileVariable} are set: set one of them.");
        if (text is not null) return new MasterKey(MasterKeyRing.Parse(text), KeyVariable, file: null);
        return path is null ? null : new MasterKey(FromFile(path, folder, output), $"{FileVariable}={path}", path);
    }

    private static MasterKeyRing FromFile(string path, string folder, Output output)
    {
        if (!System.IO.File.Exists(path))
            throw new CommandException($"There is no master key file {path}: set {FileVariable} to the right one.");
        RefuseInside(path, folder);
        if (OwnerOnlyFile.IsOpenToOthers(path))
            output.Warn($"others can read the master key file {path}: run 'chmod 600' on it.");
        if (new FileInfo(path).Length > MaxFileBytes)
            throw new CommandException($"{path} is too large for a master key file: name the right one.");
        return MasterKeyRing.Parse(System.IO.File.ReadAllText(path));
    }

    /// <summary>Whoever copies the data folder must not get the key with it.</summary>
    private static void RefuseInside(string path, string folder)
    {
        if (RealPath.IsInside(path, folder))
            throw new CommandException(
                $"The master key file {path} lies inside the data folder: keep it where the data is not.");
    }

    private static void WarnOfTrial(string file, Output output) => output.Warn(
        $"the master key is in {file}, for trying out only: for real data keep it elsewhere and set {FileVariable}.");

    public void Dispose() => Ring.Dispose();
}
