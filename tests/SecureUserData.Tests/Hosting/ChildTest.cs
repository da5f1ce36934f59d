using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SecureUserData.Tests.Hosting;

/// <summary>An explicit test that runs in a process of its own, so that it can be killed or held to limits. It gets
/// what it needs in environment variables and answers with lines on its standard output.</summary>
internal sealed class ChildTest : IDisposable
{
    private const string Mark = "child: ";

    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="method">The class and the method.</param>
    /// <param name="variables">Its variables.</param>
    /// <param name="shell">Commands of a shell that come first, such as limits.</param>
    internal ChildTest((Type Class, string Method) method, Dictionary<string, string> variables, string? shell = null)
    {
        List<string> command = [Environment.ProcessPath!];
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            command.Add(typeof(ChildTest).Assembly.Location);
        command.AddRange(["-method", $"{method.Class.FullName}.{method.Method}", "-explicit", "only"]);
        if (shell is not null) command.InsertRange(0, ["/bin/bash", "-c", $"{shell}; exec \"$0\" \"$@\""]);
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        _process = Process.Start(start)!;
    }

    /// <summary>A variable of this child; null in an ordinary run of the tests.</summary>
    internal static string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    /// <summary>Says something to the process that waits for it; the line is out when this returns.</summary>
    internal static void Say(string line)
    {
        using var output = Console.OpenStandardOutput();
        var bytes = System.Text.Encoding.UTF8.GetBytes($"\n{Mark}{line}{Mark}\n"); // a long one can be torn
        output.Write(bytes);
        output.Flush();
    }

    /// <summary>What it says, until it ends.</summary>
    internal async IAsyncEnumerable<string> LinesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellation) is { } line)
            if (line.StartsWith(Mark, StringComparison.Ordinal) && line[Mark.Length..].EndsWith(
                Mark, StringComparison.Ordinal))
                yield return line[Mark.Length..^Mark.Length];
    }

    /// <summary>SIGKILL; what it has said is read to the end.</summary>
    internal void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
