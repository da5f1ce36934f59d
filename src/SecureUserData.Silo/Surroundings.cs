using System.Collections;

namespace SecureUserData.Silo;

/// <summary>What a command finds around it, so that a test can give it another.</summary>
/// <param name="Variables">Environment variables.</param>
/// <param name="Folder">The folder that relative paths start from.</param>
/// <param name="Out">Where results go.</param>
/// <param name="Error">Where everything else goes.</param>
internal sealed record Surroundings(
    IReadOnlyDictionary<string, string> Variables, string Folder, TextWriter Out, TextWriter Error)
{
    internal static Surroundings OfThisProcess() => new(
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!),
        Environment.CurrentDirectory,
        Console.Out,
        Console.Error);

    internal string? Variable(string name) => Variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    internal string FullPath(string path) => Path.GetFullPath(path, Folder);
}
