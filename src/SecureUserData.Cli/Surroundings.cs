using SecureUserData.Cli.Console;
using SecureUserData.Embedded;
using SecureUserData.Vault;

namespace SecureUserData.Cli;

/// <summary>Everything that a command finds around it, so that a test can give it another.</summary>
internal sealed record Surroundings
{
    /// <summary>Environment variables; null when not set.</summary>
    internal required Func<string, string?> Variable { get; init; }

    /// <summary>The folder that relative paths start from.</summary>
    internal required string CurrentFolder { get; init; }

    /// <summary>The user's home.</summary>
    internal required string Home { get; init; }

    internal required Stream In { get; init; }

    internal required Stream Out { get; init; }

    internal required Stream Error { get; init; }

    /// <summary>Whether somebody types <see cref="In"/> on a terminal.</summary>
    internal bool InIsTerminal { get; init; }

    /// <summary>Whether somebody reads <see cref="Out"/> on a terminal.</summary>
    internal bool OutIsTerminal { get; init; }

    /// <summary>Whether somebody reads <see cref="Error"/> on a terminal.</summary>
    internal bool ErrorIsTerminal { get; init; }

    /// <summary>Reads a line from the terminal, which does not show it; null at its end.</summary>
    internal Func<string?> ReadHidden { get; init; } = HiddenLine.Read;

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How often a vault's passphrase is hashed; fewer times make tests fast.</summary>
    internal int KeyFileRounds { get; init; } = KeyFile.Iterations;

    internal static Surroundings OfThisProcess() => new()
    {
        Variable = Environment.GetEnvironmentVariable,
        CurrentFolder = Environment.CurrentDirectory,
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        In = System.Console.OpenStandardInput(),
        Out = System.Console.OpenStandardOutput(),
        Error = System.Console.OpenStandardError(),
        InIsTerminal = !System.Console.IsInputRedirected,
        OutIsTerminal = !System.Console.IsOutputRedirected,
        ErrorIsTerminal = !System.Console.IsErrorRedirected,
    };

    /// <summary>A second place for the erasure list; null when none is set.</summary>
    private string? ErasureList =>
        Variable("SUD_ERASURE_LIST") is { Length: > 0 } path ? FullPath(path) : null;

    /// <summary>How an engine runs here.</summary>
    internal EmbeddedOptions Options => new() { Time = Time, ErasureList = ErasureList };

    internal string FullPath(string path) => Path.GetFullPath(path, CurrentFolder);

    /// <summary>A program as a shell finds it: by its path, or else on the PATH only. .NET would look in the current
    /// folder first, where somebody else may have put one of the same name; it would be given a secret.</summary>
    /// <returns>Its full path; null when it is not there.</returns>
    internal string? FindProgram(string name)
    {
        var file = OperatingSystem.IsWindows() && !Path.HasExtension(name) ? $"{name}.exe" : name;
        if (file.AsSpan().ContainsAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar))
            return IsProgram(FullPath(file)) ? FullPath(file) : null;
        return (Variable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, file)).FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string path) => File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);

    private const UnixFileMode Executable =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
}
