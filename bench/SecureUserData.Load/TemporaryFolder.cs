namespace SecureUserData.Load;

/// <summary>A folder that is deleted in the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal TemporaryFolder(string parent) => Path = Directory.CreateDirectory(
        System.IO.Path.Combine(parent, $"sud-load-{UserId.New()}")).FullName;

    internal string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
