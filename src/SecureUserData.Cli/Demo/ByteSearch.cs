namespace SecureUserData.Cli.Demo;

/// <summary>Looks for plaintext where none may be.</summary>
internal static class ByteSearch
{
    /// <summary>In how many places of the files in a folder these bytes stand.</summary>
    internal static int Count(string folder, ReadOnlySpan<byte> wanted)
    {
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            ReadOnlySpan<byte> rest = File.ReadAllBytes(file);
            for (int at; (at = rest.IndexOf(wanted)) >= 0; rest = rest[(at + 1)..]) count++;
        }
        return count;
    }
}
