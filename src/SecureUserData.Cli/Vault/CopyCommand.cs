using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using SecureUserData.Vault;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault copy</c>.</summary>
internal static class CopyCommand
{
    /// <summary>What puts its stdin on a clipboard, and how.</summary>
    private static readonly string[][] Clipboards =
    [
        ["wl-copy"], ["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"], ["pbcopy"], ["clip.exe"],
    ];

    internal static Command In(VaultCommands vault)
    {
        var name = VaultServiceCommands.Service();
        var time = new Option<string>("--for")
        {
            Description = "After how many seconds the clipboard is cleared.", HelpName = "SECONDS",
            DefaultValueFactory = _ => "30s",
        };
        return vault.Cli.Command(
            "copy",
            "Puts a service's secret on the clipboard and clears that again, with wl-copy, xclip, xsel, pbcopy or "
            + "clip.exe, whichever is there. Other programs can read a clipboard.",
            "sud vault copy database --for 10s",
            [name, time, vault.As],
            async Task (Run run) =>
            {
                var until = VaultUserCommands.Seconds(run.Get(time), "--for");
                byte[] secret;
                await using (var open = await OpenVault.OpenAsync(run, run.Get(vault.As)))
                {
                    var item = await open.ItemAsync(VaultItemKind.Service, run.Get(name));
                    secret = await open.SecretAsync(item);
                }
                var clipboard = await FindAsync(run, secret);
                run.Out.Note($"It is on the clipboard for {until.TotalSeconds:0} seconds; Ctrl-C clears it now.");
                try
                {
                    await Task.Delay(until, run.Around.Time, run.Cancellation);
                }
                catch (OperationCanceledException)
                {
                    // it is cleared either way
                }
                await PutAsync(run, clipboard, []);
                run.Out.Note("The clipboard is empty again.");
            });
    }

    /// <summary>Puts it on the first clipboard that takes it: wl-copy may be there where only xclip works.</summary>
    private static async Task<string[]> FindAsync(Run run, byte[] content)
    {
        CommandException? failed = null;
        foreach (var clipboard in Clipboards)
        {
            if (run.Around.FindProgram(clipboard[0]) is not { } program) continue;
            string[] found = [program, .. clipboard[1..]];
            try
            {
                await PutAsync(run, found, content);
                return found;
            }
            catch (CommandException e)
            {
                failed = e;
            }
        }
        throw failed ?? new CommandException(
            $"There is no program for the clipboard: install one of "
            + $"{string.Join(", ", Clipboards.Select(c => c[0]))}.");
    }

    private static async Task PutAsync(Run run, string[] clipboard, byte[] content)
    {
        var start = new ProcessStartInfo(clipboard[0], clipboard.Skip(1))
        {
            RedirectStandardInput = true, WorkingDirectory = run.Around.CurrentFolder,
        };
        using var process = Start(start);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(content);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it has ended without reading: its exit code says so
        }
        await process.WaitForExitAsync(CancellationToken.None);
        if (process.ExitCode != 0)
            throw new CommandException($"{clipboard[0]} has failed with exit code {process.ExitCode}.");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CommandException($"{start.FileName} cannot be started: {e.Message}.");
        }
    }
}
