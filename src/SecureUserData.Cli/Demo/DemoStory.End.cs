using System.Text.Json;

namespace SecureUserData.Cli.Demo;

// How a user's data leaves and ends: in one request each.
internal sealed partial class DemoStory
{
    private async Task ExportAsync() => await steps.DoAsync(
        "The first user exports everything into one JSON document",
        "every field, the loan, the decisions and the log are in it",
        async () =>
        {
            using var document = new MemoryStream();
            await _sessions[0].ExportAsync(document);
            using var export = JsonDocument.Parse(document.ToArray());
            var root = export.RootElement;
            var fields = root.GetProperty("profile").GetProperty("fields").EnumerateObject()
                .ToDictionary(field => field.Name, field => field.Value.GetProperty("value").GetString());
            DemoSteps.Check(fields.Count == First.Count && First.All(f => fields[f.Key] == f.Value), "a field differs");
            var loan = root.GetProperty("records").GetProperty("loans")[0].GetProperty("text").GetString();
            DemoSteps.Check(loan == DemoPeople.Loan, "the loan differs");
            var entries = root.GetProperty("accessLog").GetArrayLength();
            var log = await _sessions[0].Get(_users[0].Id).ReadLogAsync(limit: Limits.PageItems);
            DemoSteps.Check(entries == log.Count, "entries of the log are missing");
            return $"{document.Length} bytes: {fields.Count} fields, 1 loan, "
                + $"{root.GetProperty("consents").GetArrayLength()} scripts, {entries} entries";
        });

    private async Task EraseAsync()
    {
        await FirstConsent.GiveAsync(); // until the very end a script may read
        await ReadAsync(0, "email");
        var certificate = "";
        await steps.DoAsync(
            "The first user, whose data a script may read until now, has it all erased",
            "the key is destroyed, every store forgets the user, and a certificate says so",
            async () =>
            {
                var erased = await _sessions[0].EraseAsync(_users[0].Id);
                certificate = erased.Certificate!;
                DemoSteps.Check(
                    erased.Removed.Any(removed => removed is { What: "records", Count: 1 }), "the loan is not counted");
                return string.Join(", ", erased.Removed.Select(removed => $"{removed.Count} {removed.What}"));
            });
        await steps.DoAsync("The script reads that user", "refused: there is nothing left", () =>
            DemoSteps.RefusedAsync(ErrorCode.Erased, () => ReadAsync(0, "email")));
        var key = await _app.Get(new InstallationId()).GetCertificateKeyAsync();
        await steps.DoAsync(
            "Verify the certificate with the installation's public key alone", "it verifies", () =>
            {
                var said = ErasureCertificate.Verify(certificate, key);
                DemoSteps.Check(said.User == _users[0].Id.ToString(), "it is about somebody else");
                return Task.FromResult($"{said.User} was erased at {said.ErasedAt:yyyy-MM-dd HH:mm:ss} UTC");
            });
        await steps.DoAsync("Change one character of it and verify it again", "refused", () =>
        {
            var at = certificate.Length / 2; // among the claims
            var changed = certificate[..at] + (certificate[at] == 'A' ? 'B' : 'A') + certificate[(at + 1)..];
            return DemoSteps.RefusedAsync(
                ErrorCode.Tampered, () => Task.FromResult(ErasureCertificate.Verify(changed, key)));
        });
    }
}
