using System.CommandLine;
using System.Text;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud certificate</c>.</summary>
internal static class CertificateCommands
{
    private const long MaxBytes = 64 * 1024;

    internal static Command In(CommandLine cli) => CommandLine.Group(
        "certificate",
        "Certificates that a user's data was erased.",
        "sud certificate verify erased.jws --key installation.pem",
        Verify(cli),
        Key(cli));

    private static Command Verify(CommandLine cli)
    {
        var file = new Argument<string>("FILE") { Description = "The certificate." };
        var key = new Option<string>("--key")
        {
            Description = "The public key of the installation, from a source that you trust.", HelpName = "PUBLIC.pem",
            Required = true,
        };
        return cli.Command(
            "verify",
            "Checks a certificate and shows what it says. It needs no data folder and no master key.",
            "sud certificate verify erased.jws --key installation.pem",
            [file, key],
            run =>
            {
                Show(run, ErasureCertificate.Verify(Read(run, run.Get(file)), Read(run, run.Get(key))));
                return Task.CompletedTask;
            });
    }

    private static void Show(Run run, ErasureStatement statement) => run.Out.Show(statement, () =>
    {
        run.Out.Line("The certificate verifies. It says:");
        run.Out.Details(
            ("User", statement.User),
            ("Application", statement.App),
            ("Requested by", statement.RequestedBy),
            ("Requested at", Output.Time(statement.RequestedAt)),
            ("Erased at", Output.Time(statement.ErasedAt)),
            ("Log entry", $"{statement.LogSequence}, MAC {statement.LogMac}"),
            ("Backups", statement.Backups));
        run.Out.Table(["Removed", "Count"], statement.Removed.Select(IReadOnlyList<string?> (removed) =>
            [removed.What, Output.Number(removed.Count)]));
        run.Out.Table(["Remains", "Count", "Until"], statement.Remains.Select(IReadOnlyList<string?> (kept) =>
            [kept.What, Output.Number(kept.Count), kept.Until]));
    });

    /// <summary>The text of a small file.</summary>
    internal static string Read(Run run, string name)
    {
        using var stream = RecordCommands.Opened(run.Around.FullPath(name));
        if (stream.Length > MaxBytes)
            throw new CommandException($"{name} is too large to be a certificate or a public key: name another file.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static Command Key(CommandLine cli)
    {
        var target = new Option<string?>("--out") { Description = "Write it to this new file.", HelpName = "FILE" };
        return cli.Command(
            "key",
            "Gives the public key that this installation's certificates are verified with. Publish it where people "
            + "trust it.",
            "sud certificate key --out installation.pem",
            [target, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Operator);
                var pem = await session.Get(new InstallationId()).GetCertificateKeyAsync();
                if (run.Get(target) is not { } name)
                {
                    run.Out.Show(new { PublicKey = pem }, () => run.Out.Bytes(Encoding.ASCII.GetBytes(pem)));
                    return;
                }
                var path = run.Around.FullPath(name);
                await using (var file = new FileStream(path, FileMode.CreateNew)) // public: as readable as any file
                    await file.WriteAsync(Encoding.ASCII.GetBytes(pem));
                run.Out.Show(new { File = path }, () => run.Out.Line($"The public key is in {path}."));
            });
    }
}
