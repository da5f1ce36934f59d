namespace SecureUserData.Cli.Csv;

/// <summary>A new file of claim codes, for its owner only. Each line is handed to the system as soon as its user
/// exists, so that what stops the import costs no code.</summary>
internal sealed class ClaimCodes : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;

    internal ClaimCodes(string path)
    {
        _writer = new StreamWriter(OwnerOnlyFile.Create(path)) { AutoFlush = true, NewLine = "\n" };
        _writer.WriteLine("line,user_id,claim_code");
    }

    internal void Add(int line, CreatedUser created)
    {
        lock (_gate) _writer.WriteLine($"{line},{created.Id},{created.ClaimCode.Reveal()}");
    }

    public void Dispose() => _writer.Dispose();
}
