using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Tests.Cryptography;

/// <summary>An anchor as a file alone: what was signed verifies, and nothing else does.</summary>
public sealed class LogAnchorTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly InstallationKeys _keys = Keys();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string PublicKey => _keys.Certificates.PublicKeyPem();

    [Fact]
    public async Task What_was_written_verifies_and_gives_every_head_in_the_order_of_its_name()
    {
        var (anchor, written) = await WriteAsync("usr_b", "app_a", "usr_a", "installation");

        var heads = new List<LogHead>();
        var statement = await VerifyAsync(anchor, PublicKey, heads);

        Assert.Equal(written, statement);
        Assert.Equal(("log-anchor/1", At, 10L, 4), (
            statement.Format, statement.At, statement.Entries, statement.Chains));
        Assert.Equal((7L, 10L), (statement.Newest!.Number, statement.Newest.Last));
        Assert.Equal(["app_a", "installation", "usr_a", "usr_b"], heads.Select(head => head.Chain));
        Assert.Equal(4, heads.Single(head => head.Chain == "installation").Sequence);
        Assert.All(heads, head => Assert.Equal(43, head.Mac.Length));
    }

    [Fact]
    public async Task What_is_said_of_a_log_with_one_writer_says_nothing_of_writers()
    {
        var (anchor, statement) = await WriteAsync("usr_a");

        var claims = Encoding.ASCII.GetString(anchor).Split('.')[1];
        Assert.Equal(
            "{\"format\":\"log-anchor/1\",\"at\":\"2026-03-02T09:00:00+00:00\",\"entries\":10,"
            + $"\"newest\":{{\"number\":7,\"last\":10,\"mac\":\"{statement.Newest!.Mac}\"}},"
            + $"\"chains\":1,\"body\":\"{statement.Body}\"}}",
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(claims)));
        Assert.Equal(1, statement.Newest.Writer);
        Assert.Equal(statement, await VerifyAsync(anchor, PublicKey, []));
    }

    [Fact]
    public async Task An_empty_log_has_an_anchor_too()
    {
        var (anchor, _) = await WriteAsync();

        var statement = await VerifyAsync(anchor, PublicKey, []);

        Assert.Null(statement.Newest);
        Assert.Equal((0L, 0), (statement.Entries, statement.Chains));
    }

    [Fact]
    public async Task An_anchor_with_any_byte_changed_does_not_verify()
    {
        var (anchor, _) = await WriteAsync("usr_a", "usr_b");
        for (var at = 0; at < anchor.Length; at++)
        {
            var changed = anchor.ToArray();
            changed[at] ^= 1;
            await Assert.ThrowsAsync<SecureUserDataException>(() => VerifyAsync(changed, PublicKey, []));
        }
    }

    [Fact]
    public async Task An_anchor_that_lacks_or_has_more_than_what_was_signed_does_not_verify()
    {
        var (anchor, _) = await WriteAsync("usr_a", "usr_b", "usr_c");
        var lines = Encoding.ASCII.GetString(anchor).TrimEnd('\n').Split('\n');
        foreach (var changed in (string[][])
            [
                lines[..1], lines[..3], [.. lines, lines[3]], [lines[0], lines[2], lines[1], lines[3]],
                [lines[0], lines[1], lines[1], lines[3]], [.. lines, ""], lines[1..],
            ])
            await Assert.ThrowsAsync<SecureUserDataException>(() => VerifyAsync(
                Encoding.ASCII.GetBytes(string.Join('\n', changed) + "\n"), PublicKey, []));
        for (var length = 0; length < anchor.Length; length++)
            await Assert.ThrowsAsync<SecureUserDataException>(() => VerifyAsync(anchor[..length], PublicKey, []));
    }

    [Fact]
    public async Task The_body_of_one_anchor_does_not_pass_for_that_of_another()
    {
        var (one, _) = await WriteAsync("usr_a", "usr_b");
        var (other, _) = await WriteAsync("usr_a", "usr_c");
        var mixed = one[..(one.IndexOf((byte)'\n') + 1)].Concat(other[(other.IndexOf((byte)'\n') + 1)..]);

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => VerifyAsync([.. mixed], PublicKey, []));

        Assert.Equal(ErrorCode.Tampered, refusal.Code);
        Assert.Contains("changed after it was signed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anchor_of_another_installation_does_not_verify()
    {
        var (anchor, _) = await WriteAsync("usr_a");
        using var other = Keys();

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => VerifyAsync(anchor, other.Certificates.PublicKeyPem(), []));

        Assert.Equal(ErrorCode.Tampered, refusal.Code);
        Assert.Contains("another key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_does_not_pass_for_an_anchor_nor_an_anchor_for_a_certificate()
    {
        var (anchor, statement) = await WriteAsync();
        var certificate = _keys.Certificates.Sign(
            ErasureCertificate.Kind, statement, StatementJson.Default.LogAnchorStatement);

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => VerifyAsync(Encoding.ASCII.GetBytes(certificate + "\n"), PublicKey, []));
        Assert.Equal(ErrorCode.Invalid, refusal.Code);
        refusal = Assert.Throws<SecureUserDataException>(
            () => ErasureCertificate.Verify(Encoding.ASCII.GetString(anchor), PublicKey));
        Assert.Equal(ErrorCode.Invalid, refusal.Code);
    }

    [Fact]
    public async Task A_file_of_one_endless_line_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => VerifyAsync(new byte[1_000_000], PublicKey, []));

        Assert.Equal(ErrorCode.Invalid, refusal.Code);
    }

    private static InstallationKeys Keys() => new(new InstallationState
    {
        CredentialKey = RandomNumberGenerator.GetBytes(32),
        BatchKey = RandomNumberGenerator.GetBytes(32),
        LogKey = RandomNumberGenerator.GetBytes(32),
        CreatedAt = At,
        Operators = [],
        Applications = [],
    });

    private async Task<(byte[] Anchor, LogAnchorStatement Statement)> WriteAsync(params string[] chains)
    {
        var heads = chains.Select((chain, i) => (chain, Head: (i + 1L, RandomNumberGenerator.GetBytes(32))));
        var newest = chains.Length == 0
            ? null
            : new LogBatch(9, 10, 7, new byte[32], RandomNumberGenerator.GetBytes(32));
        using var anchor = new MemoryStream();
        var statement = await AnchorWriter.WriteAsync(
            anchor,
            new VerifiedHeads(
                newest?.Last ?? 0,
                [new WriterHead(LogWriter.Only, newest, 0)],
                heads.ToDictionary(head => head.chain, head => head.Head)),
            _keys,
            At,
            Cancellation);
        return (anchor.ToArray(), statement);
    }

    private static Task<LogAnchorStatement> VerifyAsync(byte[] anchor, string key, List<LogHead> heads) =>
        LogAnchor.VerifyAsync(
            new MemoryStream(anchor),
            key,
            head =>
            {
                heads.Add(head);
                return ValueTask.CompletedTask;
            },
            Cancellation);

    public void Dispose() => _keys.Dispose();
}
