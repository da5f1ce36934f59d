using System.Diagnostics;

namespace SecureUserData.Tests.Hosting;

/// <summary>A small disk in memory, which can be full. The test is skipped where nothing may be mounted.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _point = Directory.CreateTempSubdirectory("sud-disk-").FullName;

    internal SmallDisk(int megabytes)
    {
        var mounted = OperatingSystem.IsLinux()
            && Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "sud-test", _point) == 0;
        if (!mounted) Directory.Delete(_point);
        Assert.SkipUnless(mounted, "mounting a small disk is forbidden here");
        Folder = Directory.CreateDirectory(Path.Combine(_point, "data")).FullName;
    }

    /// <summary>A folder on it.</summary>
    internal string Folder { get; } = "";

    private string Ballast => Path.Combine(_point, "ballast");

    /// <summary>Fills it up but for some bytes.</summary>
    internal void Fill(int butFor)
    {
        var free = new DriveInfo(_point).AvailableFreeSpace - butFor;
        using var file = File.Create(Ballast);
        var bytes = new byte[1 << 16];
        for (; free > 0; free -= bytes.Length) file.Write(bytes, 0, (int)Math.Min(free, bytes.Length));
    }

    internal void MakeRoom() => File.Delete(Ballast);

    internal void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", _point));

    internal void MakeWritable() => Assert.Equal(0, Run("mount", "-o", "remount,rw", _point));

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose()
    {
        Run("umount", "-l", _point);
        Directory.Delete(_point);
    }
}
