namespace SecureUserData;

/// <summary>A signed certificate that a user's data was erased: a JSON Web Signature in compact form (RFC 7515 §3.1)
/// with ES256 (RFC 7518 §3.4); <c>docs/erasure.md</c> lists its claims. Verifying it needs the installation's public
/// key and nothing else.</summary>
public static class ErasureCertificate
{
    internal static readonly StatementKind Kind = new("sud-erasure+jws", "an erasure certificate", "The certificate");

    /// <summary>Checks the signature and reads what was signed.</summary>
    /// <param name="certificate">The text of the certificate; white space around it does not matter.</param>
    /// <param name="publicKeyPem">The public key of the installation that is said to have signed it (PEM,
    /// SubjectPublicKeyInfo), from a source that you trust.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when one of the two cannot be read;
    /// <see cref="ErrorCode.Tampered"/> when the signature is not this key's over this text.</exception>
    public static ErasureStatement Verify(string certificate, string publicKeyPem)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(publicKeyPem);
        return SignedStatement.Verify(certificate, publicKeyPem, Kind, StatementJson.Default.ErasureStatement);
    }

    /// <summary>What a certificate says, whoever signed it; null when it is none.</summary>
    internal static ErasureStatement? Unverified(string certificate) =>
        SignedStatement.Unverified(certificate, StatementJson.Default.ErasureStatement);
}

/// <summary>What an erasure certificate says.</summary>
/// <param name="Format">The format of the claims: <see cref="CurrentFormat"/>.</param>
/// <param name="User">The data subject's id.</param>
/// <param name="App">The application's id.</param>
/// <param name="RequestedBy">Who asked for the erasure: the id of the user or the application.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="ErasedAt">When everything was removed.</param>
/// <param name="Removed">What was removed.</param>
/// <param name="Remains">What remains, and until when.</param>
/// <param name="Backups">Which copies of the data, made before, could still be opened, with what, and until
/// when.</param>
/// <param name="LogSequence">The number of the entry that announces the erasure in the user's chain of the access
/// log.</param>
/// <param name="LogMac">The MAC of that entry, in base64url: who keeps the log can show that it is still
/// there.</param>
public sealed record ErasureStatement(
    string Format,
    string User,
    string App,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset ErasedAt,
    IReadOnlyList<ErasedItems> Removed,
    IReadOnlyList<Remainder> Remains,
    string Backups,
    long LogSequence,
    string LogMac)
{
    /// <summary>The format that this version writes.</summary>
    public const string CurrentFormat = "erasure/1";

    /// <summary>The newest batch of the access log when the certificate was signed: who keeps the log can show that
    /// all of it up to there is still as it was. Null in certificates from before it was stated.</summary>
    public LogBatchHead? LogBatch { get; init; }
}
