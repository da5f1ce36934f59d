namespace SecureUserData.Migrate;

/// <summary>What the command finds around it, so that a test can give it another.</summary>
/// <param name="Variable">Environment variables; null when not set.</param>
/// <param name="CurrentFolder">The folder that relative paths start from.</param>
/// <param name="Out">Where results go.</param>
/// <param name="Error">Where everything else goes.</param>
internal sealed record Surroundings(
    Func<string, string?> Variable, string CurrentFolder, TextWriter Out, TextWriter Error)
{
    internal static Surroundings OfThisProcess() =>
        new(Environment.GetEnvironmentVariable, Environment.CurrentDirectory, Console.Out, Console.Error);

    internal string FullPath(string path) => Path.GetFullPath(path, CurrentFolder);

    /// <summary>A secret, from a variable or from the file that another one names; null when neither is set.</summary>
    /// <exception cref="UsageException">Both are set, or there is no such file.</exception>
    internal string? Secret(string name)
    {
        var text = Variable(name) is { Length: > 0 } value ? value : null;
        if (Variable(name + "_FILE") is not { Length: > 0 } file) return text;
        if (text is not null) throw new UsageException($"Both {name} and {name}_FILE are set: set one of them.");
        var path = FullPath(file);
        if (!File.Exists(path)) throw new UsageException($"There is no file {path}: set {name}_FILE to the right one.");
        if (!OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
            Error.WriteLine($"sud-migrate: warning: others can read {path}: run 'chmod 600' on it.");
        return File.ReadAllText(path).Trim();
    }
}

/// <summary>The command line is wrong: exit code 2.</summary>
/// <param name="message">One line that says what to do.</param>
internal sealed class UsageException(string message) : Exception(message);
