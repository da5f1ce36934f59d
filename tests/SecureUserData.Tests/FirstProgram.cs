// <first-program>
using SecureUserData;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
// </first-program>

namespace ReadmeProgram; // outside SecureUserData, so that the usings above are all it takes

/// <summary>The program that README.md begins with: what is between the markers is what stands there.</summary>
internal static class FirstProgram
{
    internal static async Task RunAsync()
    {
        // <first-program>
        var masterKey = MasterKeyRing.Parse(MasterKeyRing.Generate()); // keep it where the data is not
        var folder = Directory.CreateTempSubdirectory("sud-").FullName;
        var (engine, operatorCredential) = await EmbeddedEngine.CreateAsync(folder, masterKey);
        await using var open = engine;
        Console.WriteLine($"Everything is in {folder}, encrypted.");

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
        // </first-program>
    }
}
