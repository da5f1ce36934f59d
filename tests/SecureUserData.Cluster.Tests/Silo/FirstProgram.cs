// <first-program>
using System.Net;
using SecureUserData;
using SecureUserData.Client;
// </first-program>

namespace ReadmeProgram; // outside SecureUserData, so that the usings above are all it takes

/// <summary>README.md's first program, against a cluster: what is between the markers is what stands there.</summary>
internal static class FirstProgram
{
    internal static async Task RunAsync(IPEndPoint gateway, string credentialFile)
    {
        // <first-program>
        await using var engine = await SecureUserDataClient.ConnectAsync(new() { Gateways = [gateway] });
        var operatorCredential = new Credential(File.ReadAllText(credentialFile).Trim()); // what 'silo init' gave, once
        // </first-program>

        // <the-rest>
        // An operator registers an application; the application creates a user and registers a script.
        var admin = await engine.SignInAsync(operatorCredential);
        var app = await engine.SignInAsync((await admin.RegisterApplicationAsync(new("Library"))).Credential);
        var created = await app.CreateUserAsync(new Dictionary<string, string> { ["email"] = "ada@example.org" });
        var newsletter = await app.RegisterScriptAsync(
            new("Newsletter", "Send the monthly letter", LegalBasis.Consent) { Fields = ["email"] });

        // The script asks, and is refused: the user has not decided.
        var script = await engine.SignInAsync(newsletter.Credential);
        var consent = new ConsentId(created.Id, newsletter.Id);
        try { await script.Get(consent).ReadAsync(new() { Fields = ["email"] }); }
        catch (SecureUserDataException e) { Console.WriteLine($"{e.Code}: {e.Message}"); }

        // The user claims the credential and gives the consent. Now the script reads, and the user sees it all.
        var user = await engine.SignInAsync(await engine.ClaimAsync(created.ClaimCode));
        await user.Get(consent).GiveAsync();
        Console.WriteLine((await script.Get(consent).ReadAsync(new() { Fields = ["email"] })).Fields["email"]);
        foreach (var entry in await user.Get(created.Id).ReadLogAsync())
            Console.WriteLine($"{entry.Sequence} {entry.Activity} {string.Join(", ", entry.Names)} {entry.Reason}");
        // </the-rest>
    }
}
