using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Vault;

/// <summary>A user's private keys in one text file, encrypted under a passphrase: two blocks of PEM
/// (<c>docs/vault-cryptography.md</c>), which other programs open too.</summary>
/// <remarks>The lines that say whose the keys are and what for stand before the blocks and are not authenticated, nor
/// is the encryption (AES-CBC): whoever can write the file can put other keys in. Call
/// <see cref="UserKeys.CheckPublicKeys"/> after opening.</remarks>
public static class KeyFile
{
    /// <summary>The fewest characters of a passphrase.</summary>
    public const int MinPassphraseLength = 12;

    /// <summary>Rounds of PBKDF2-HMAC-SHA256 in a new file, as OWASP's Password Storage Cheat Sheet asks for.</summary>
    internal const int Iterations = 600_000;

    private const int MaxBytes = 64 * 1024;

    /// <summary>Writes a new file, for its owner only; its folder is made where it is not there.</summary>
    /// <param name="path">Where nothing is yet.</param>
    /// <param name="keys">The keys, which stay the caller's.</param>
    /// <param name="passphrase">At least <see cref="MinPassphraseLength"/> characters, taken as UTF-8.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when there is a file already,
    /// <see cref="ErrorCode.Invalid"/> when the passphrase is too short.</exception>
    public static void Create(string path, UserKeys keys, ReadOnlySpan<char> passphrase) =>
        Create(path, keys, passphrase, Iterations);

    /// <summary>Writes a new file with another number of rounds, for tests to be fast.</summary>
    internal static void Create(string path, UserKeys keys, ReadOnlySpan<char> passphrase, int iterations)
    {
        CheckLength(passphrase);
        if (File.Exists(path)) throw Taken(path);
        Write(path, Encode(keys, passphrase, iterations), replace: false);
    }

    /// <summary>Reads the keys, which are the caller's to dispose; then call
    /// <see cref="UserKeys.CheckPublicKeys"/>.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is no file,
    /// <see cref="ErrorCode.Denied"/> when the passphrase is wrong, <see cref="ErrorCode.Invalid"/> when the file is
    /// broken. A block that was changed so that it still looks like one counts as a wrong passphrase when both
    /// blocks were: nothing tells the two apart.</exception>
    public static UserKeys Open(string path, ReadOnlySpan<char> passphrase)
    {
        var text = KeyFileText.Parse(path, Read(path));
        var sealing = ECDiffieHellman.Create();
        var signing = ECDsa.Create();
        try
        {
            var opened = (EncryptedKey.TryImport(sealing, passphrase, text.Sealing),
                EncryptedKey.TryImport(signing, passphrase, text.Signing));
            if (opened is (false, false))
                throw SecureUserDataException.Denied($"The passphrase does not open {path}: try again.");
            if (opened is not (true, true))
                throw KeyFileText.Broken(path, "its two keys do not open with one passphrase");
            if (!EncryptedKey.IsP256(sealing) || !EncryptedKey.IsP256(signing))
                throw KeyFileText.Broken(path, "its keys are on another curve than P-256");
            return new UserKeys(text.Vault, text.User, new SealingKey(sealing), new SigningKey(signing));
        }
        catch
        {
            sealing.Dispose();
            signing.Dispose();
            throw;
        }
    }

    /// <summary>Encrypts the same keys under another passphrase. The file has either the old one or the new one,
    /// whatever happens; copies of the file keep the old one.</summary>
    /// <exception cref="SecureUserDataException">As with <see cref="Open"/>, and <see cref="ErrorCode.Invalid"/> when
    /// the new passphrase is too short.</exception>
    public static void ChangePassphrase(string path, ReadOnlySpan<char> passphrase, ReadOnlySpan<char> newPassphrase)
    {
        CheckLength(newPassphrase);
        using var keys = Open(path, passphrase);
        // What is a link stays one.
        var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        Write(file, Encode(keys, newPassphrase, Iterations), replace: true);
    }

    /// <summary>It is there whole or not at all, and its name is on the disk too: a power failure must not lose a key
    /// that something is sealed for already.</summary>
    private static void Write(string path, byte[] content, bool replace)
    {
        try
        {
            using var file = new OwnerOnlyFile(Path.GetFullPath(path));
            file.Save(content, replace);
        }
        catch (IOException) when (!replace && File.Exists(path)) // somebody else was first
        {
            throw Taken(path);
        }
    }

    private static SecureUserDataException Taken(string path) => SecureUserDataException.Conflict(
        $"There is a file {path} already, and keys in it would be lost: name another one.");

    private static byte[] Encode(UserKeys keys, ReadOnlySpan<char> passphrase, int iterations)
    {
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterations);
        return Encoding.ASCII.GetBytes(KeyFileText.Format(
            keys, keys.Sealing.ExportPem(passphrase, parameters), keys.Signing.ExportPem(passphrase, parameters)));
    }

    private static string Read(string path)
    {
        if (!File.Exists(path))
            throw new SecureUserDataException(
                ErrorCode.NotFound, $"There is no key file {path}: name the right one.");
        if (new FileInfo(path).Length > MaxBytes) throw KeyFileText.Broken(path, "it is too large");
        return File.ReadAllText(path);
    }

    private static void CheckLength(ReadOnlySpan<char> passphrase)
    {
        var characters = 0;
        foreach (var _ in passphrase.EnumerateRunes()) characters++;
        if (characters < MinPassphraseLength)
            throw SecureUserDataException.Invalid(
                $"The passphrase is too short: it needs at least {MinPassphraseLength} characters.");
    }
}
