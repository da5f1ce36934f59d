namespace SecureUserData.Cli.Keys;

/// <summary>Where a path leads once every symbolic link on it has been followed.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    internal static string Of(string path)
    {
        var links = 0;
        return Resolve(Path.GetFullPath(path), ref links);
    }

    internal static bool IsInside(string path, string folder)
    {
        var relative = Path.GetRelativePath(Of(folder), Of(path));
        return !Path.IsPathRooted(relative)
            && relative != ".." && !relative.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
    }

    private static string Resolve(string path, ref int links)
    {
        if (Path.GetDirectoryName(path) is not { } parent) return path;
        var here = Path.Combine(Resolve(parent, ref links), Path.GetFileName(path));
        if (new FileInfo(here).LinkTarget is not { } target) return here;
        if (++links > MaxLinks) throw new IOException("The path goes through too many symbolic links");
        return Resolve(Path.GetFullPath(target, Path.GetDirectoryName(here)!), ref links);
    }
}
