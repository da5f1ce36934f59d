using System.Buffers.Text;
using System.Globalization;
using System.Text.Json.Serialization;

namespace SecureUserData;

/// <summary>An anchor of the access log: what the newest entry of every chain was at one time, signed by the
/// installation and kept where nobody who can change the log can reach it. Whatever is cut off or set back afterwards
/// no longer fits to it. <c>docs/access-log.md</c> specifies the file.</summary>
public static class LogAnchor
{
    internal static readonly StatementKind Kind = new("sud-anchor+jws", "an anchor of an access log", "The anchor");

    /// <summary>Checks the signature and the whole body, and reads what was signed. It needs neither the data nor any
    /// secret, and memory does not grow with the number of chains.</summary>
    /// <param name="anchor">The anchor, from where the stream stands to its end.</param>
    /// <param name="publicKeyPem">The public key of the installation that is said to have signed it (PEM,
    /// SubjectPublicKeyInfo), from a source that you trust.</param>
    /// <param name="head">Given each chain's newest entry, in the order of their names. Nothing that it was given
    /// counts before this method has returned: the body is authentic as a whole.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no anchor or the key is no
    /// key; <see cref="ErrorCode.Tampered"/> when it is not what was signed with this key.</exception>
    public static async Task<LogAnchorStatement> VerifyAsync(
        Stream anchor,
        string publicKeyPem,
        Func<LogHead, ValueTask>? head = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        ArgumentNullException.ThrowIfNull(publicKeyPem);
        using var lines = new AnchorLines(anchor);
        var statement = SignedStatement.Verify(
            await lines.ReadAsync(cancellation) ?? "", publicKeyPem, Kind, StatementJson.Default.LogAnchorStatement);
        if (statement.Format != LogAnchorStatement.CurrentFormat)
            throw SecureUserDataException.Invalid("The anchor is of another version: use the program that wrote it.");
        lines.BeginBody();
        string? last = null;
        long chains = 0;
        for (; await lines.ReadAsync(cancellation) is { } line; chains++)
        {
            if (Parse(line) is not { } next || string.CompareOrdinal(next.Chain, last) <= 0) throw Changed();
            last = next.Chain;
            if (head is not null) await head(next);
        }
        if (lines.EndBody() != statement.Body || chains != statement.Chains) throw Changed();
        return statement;
    }

    /// <summary>A line of the body, without the end of the line.</summary>
    internal static string Line(string chain, long sequence, byte[] mac) =>
        string.Create(CultureInfo.InvariantCulture, $"{chain} {sequence} {Base64Url.EncodeToString(mac)}");

    private static LogHead? Parse(string line) =>
        line.Split(' ') is [{ Length: > 0 } chain, var sequence, var mac]
        && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new LogHead(chain, number, mac)
            : null;

    private static SecureUserDataException Changed() =>
        Kind.Refused("it was changed after it was signed, or a part of it is missing.");
}

/// <summary>What the first line of an anchor says.</summary>
/// <param name="Format">The format: <see cref="CurrentFormat"/>.</param>
/// <param name="At">When the log was as the anchor says.</param>
/// <param name="Entries">How many entries it had.</param>
/// <param name="Newest">The newest batch, which stands on all before it; null for an empty log, and
/// where several processes write the log (<see cref="Writers"/>).</param>
/// <param name="Chains">How many lines the body has, one for each chain.</param>
/// <param name="Body">SHA-256 over the body, in base64url.</param>
public sealed record LogAnchorStatement(
    string Format, DateTimeOffset At, long Entries, LogBatchHead? Newest, int Chains, string Body)
{
    /// <summary>The format that this version writes.</summary>
    public const string CurrentFormat = "log-anchor/1";

    /// <summary>The newest batch of each writer that has one, where the log has several writers; null where it has one
    /// for ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LogBatchHead>? Writers { get; init; }
}

/// <summary>The newest entry of one chain at some time.</summary>
/// <param name="Chain">Whose chain: the text of the id of a user, an application, a part of its look-ups or the
/// installation.</param>
/// <param name="Sequence">Its number in the chain.</param>
/// <param name="Mac">Its MAC, in base64url; it stays when the entry's retention is over.</param>
public sealed record LogHead(string Chain, long Sequence, string Mac);

/// <summary>The newest batch of a writer of the access log at some time.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Last">The position of its last entry among all entries of the writer.</param>
/// <param name="Mac">Its MAC, in base64url.</param>
public sealed record LogBatchHead(long Number, long Last, string Mac)
{
    /// <summary>The writer's number; 1 where the log has one writer only.</summary>
    [JsonIgnore]
    public long Writer { get; init; } = 1;

    /// <summary>The same as it is signed: absent for 1, so that what a log with one writer states is always the same
    /// to the byte.</summary>
    [JsonInclude]
    [JsonPropertyName("writer")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal long? WriterUnlessFirst
    {
        get => Writer == 1 ? null : Writer;
        init => Writer = value ?? 1;
    }
}
