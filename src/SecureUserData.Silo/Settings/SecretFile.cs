namespace SecureUserData.Silo.Settings;

/// <summary>A file that holds a secret.</summary>
internal static class SecretFile
{
    private const UnixFileMode Group =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    private const UnixFileMode Everybody =
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes sure that it is there and that others cannot read it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it holds.</param>
    /// <param name="byGroup">Whether its group may read it, as where Kubernetes mounts a secret for a user who is not
    /// root.</param>
    internal static void Demand(string path, string what, bool byGroup)
    {
        if (!File.Exists(path))
            throw new CommandException($"There is no file {path} with the {what}: name the right one.");
        if (OperatingSystem.IsWindows()) return;
        if ((File.GetUnixFileMode(path) & (byGroup ? Everybody : Group | Everybody)) != 0)
            throw new CommandException(
                $"Others than its owner have access to the file {path} with the {what}: run 'chmod 600' on it, and "
                + "replace the key if somebody may have read it.");
    }
}
