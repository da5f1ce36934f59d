using System.Text;
using SecureUserData.Vault;

namespace SecureUserData.Cli.Vault;

/// <summary>What must not be seen while it is entered, and never stands on a command line.</summary>
internal static class SecretInput
{
    private const string PassphraseFile = "SUD_VAULT_PASSPHRASE_FILE";
    private const int MaxPassphraseBytes = 4_096;

    /// <summary>The passphrase of a key file.</summary>
    internal static string Passphrase(Run run) => FromFile(run) ?? Ask(run, "Passphrase of the key file");

    /// <summary>A passphrase for a new key file.</summary>
    internal static string NewPassphrase(Run run) => Checked(FromFile(run) ?? AskTwice(run, "passphrase"));

    /// <summary>A passphrase that takes another one's place: it is typed, whatever the old one comes from.</summary>
    internal static string OtherPassphrase(Run run) => Checked(AskTwice(run, "passphrase"));

    /// <summary>An invitation: typed or pasted, otherwise from stdin.</summary>
    internal static VaultInvitation Invitation(Run run) => VaultInvitation.Parse(
        run.Around.InIsTerminal ? Ask(run, "Invitation") : Encoding.UTF8.GetString(Stdin(run)));

    /// <summary>A secret or notes: all of stdin without a last line end, or typed twice.</summary>
    internal static byte[] Text(Run run, string what, bool isStdin)
    {
        if (isStdin) return Stdin(run);
        var text = Encoding.UTF8.GetBytes(AskTwice(run, what));
        return text.Length <= VaultLimits.SecretBytes ? text : throw TooLong();
    }

    /// <summary>Before anything is made that would be of no use without the key file.</summary>
    private static string Checked(string passphrase) =>
        passphrase.EnumerateRunes().Count() >= KeyFile.MinPassphraseLength
            ? passphrase
            : throw new UsageException(
                $"The passphrase is too short: it needs at least {KeyFile.MinPassphraseLength} characters.");

    private static string AskTwice(Run run, string what)
    {
        var typed = Ask(run, $"New {what}");
        return Ask(run, "The same again") == typed
            ? typed
            : throw new CommandException("The two are not the same: nothing was done, try again.");
    }

    private static string Ask(Run run, string what)
    {
        if (!run.Around.InIsTerminal)
            throw new UsageException(
                $"{what}: nobody can be asked here. A passphrase comes from the file that {PassphraseFile} names, a "
                + "secret from stdin with --secret-stdin, notes with --notes-stdin.");
        run.Out.Note($"{what} (it is not shown):");
        return run.Around.ReadHidden() is { Length: > 0 } typed
            ? typed
            : throw new CommandException("Nothing was typed: nothing was done.");
    }

    private static string? FromFile(Run run)
    {
        if (run.Around.Variable(PassphraseFile) is not { Length: > 0 } named) return null;
        var path = run.Around.FullPath(named);
        if (!File.Exists(path)) throw new CommandException($"{PassphraseFile} names {path}, which is not there.");
        if (OwnerOnlyFile.IsOpenToOthers(path))
            run.Out.Warn($"others can read the passphrase in {path}: run 'chmod 600' on it.");
        if (new FileInfo(path).Length > MaxPassphraseBytes)
            throw new CommandException($"{path} is too long for a passphrase.");
        return File.ReadAllText(path).TrimEnd('\r', '\n');
    }

    private static byte[] Stdin(Run run)
    {
        var bytes = new byte[VaultLimits.SecretBytes + 3]; // a line end, and one more to see that it is too long
        var length = run.Around.In.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var text = bytes.AsSpan(0, length);
        if (text.EndsWith("\n"u8)) text = text[..^1];
        if (text.EndsWith("\r"u8)) text = text[..^1];
        if (text.IsEmpty) throw new UsageException("There is nothing on stdin: nothing was done.");
        return text.Length <= VaultLimits.SecretBytes ? text.ToArray() : throw TooLong();
    }

    private static UsageException TooLong() => new(
        $"A secret, or notes, has at most {VaultLimits.SecretBytes} bytes: shorten it.");
}
