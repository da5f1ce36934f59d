using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Vault;

/// <summary>HKDF-SHA256 under the name of a suite, so that no two uses derive the same (RFC 9180 §4).</summary>
internal sealed class LabeledHkdf(byte[] suite)
{
    /// <summary>The length of what is extracted, in bytes.</summary>
    internal const int Length = 32;

    private const int StackLength = 512;

    private static readonly byte[] Version = Encoding.ASCII.GetBytes("HPKE-v1");

    /// <summary><c>Extract(salt, { "HPKE-v1" || suite || label || secret })</c>.</summary>
    internal void Extract(ReadOnlySpan<byte> salt, string label, ReadOnlySpan<byte> secret, Span<byte> key)
    {
        var max = Version.Length + suite.Length + label.Length + secret.Length;
        var buffer = max <= StackLength ? stackalloc byte[StackLength] : new byte[max];
        try
        {
            var length = Write(buffer, label, secret);
            HKDF.Extract(HashAlgorithmName.SHA256, buffer[..length], salt, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary><c>Expand(key, { length(2) || "HPKE-v1" || suite || label || info }, length)</c>.</summary>
    internal void Expand(ReadOnlySpan<byte> key, string label, ReadOnlySpan<byte> info, Span<byte> output)
    {
        var max = sizeof(ushort) + Version.Length + suite.Length + label.Length + info.Length;
        var buffer = max <= StackLength ? stackalloc byte[StackLength] : new byte[max];
        BinaryPrimitives.WriteUInt16BigEndian(buffer, checked((ushort)output.Length));
        var length = sizeof(ushort) + Write(buffer[sizeof(ushort)..], label, info);
        HKDF.Expand(HashAlgorithmName.SHA256, key, output, buffer[..length]);
    }

    private int Write(Span<byte> to, string label, ReadOnlySpan<byte> rest)
    {
        Version.CopyTo(to);
        var at = Version.Length;
        suite.CopyTo(to[at..]);
        at += suite.Length;
        at += Encoding.ASCII.GetBytes(label, to[at..]);
        rest.CopyTo(to[at..]);
        return at + rest.Length;
    }
}
