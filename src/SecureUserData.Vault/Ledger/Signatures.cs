namespace SecureUserData.Vault.Ledger;

/// <summary>Verifies signatures; keys are imported once. For one thread at a time.</summary>
/// <param name="areVerified">Whether all that comes was verified before, so that its signatures are taken as they are.
/// </param>
public sealed class Signatures(bool areVerified = false) : IDisposable
{
    private const int Kept = 1_024;

    private readonly Dictionary<string, VerifyingKey> _keys = [];

    /// <summary>Demands that a key's holder signed.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when not.</exception>
    internal void Demand(byte[] publicKey, ReadOnlySpan<byte> body, byte[] signature, string what)
    {
        if (!Verify(publicKey, body, signature))
            throw new SecureUserDataException(
                ErrorCode.Tampered, $"The signature of {what} is not its signer's: nothing of it is taken.");
    }

    internal bool Verify(byte[] publicKey, ReadOnlySpan<byte> body, byte[] signature)
    {
        if (areVerified) return true;
        var name = Convert.ToBase64String(publicKey);
        if (!_keys.TryGetValue(name, out var key))
        {
            if (_keys.Count >= Kept) Dispose();
            _keys[name] = key = VerifyingKey.From(publicKey);
        }
        return key.Verify(body, signature);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
        _keys.Clear();
    }
}
