using System.Text.Json;

namespace SecureUserData.Vault.Tests.Cryptography;

/// <summary>The vectors of RFC 9180 for DHKEM(P-256, HKDF-SHA256) with HKDF-SHA256, beside the project's folder.
/// </summary>
internal static class HpkeVectors
{
    private const string Name = "../shared/data/hpke-p256-sha256.json";

    /// <summary>The vectors of one AEAD in mode base; skips the test where the file is not there. Modes psk (1), auth
    /// (2) and auth_psk (3) are not run, because nothing here uses them: who sealed is said by a signature.</summary>
    internal static List<JsonElement> Base(int aead)
    {
        var path = Path.GetFullPath(Name, Root());
        Assert.SkipUnless(File.Exists(path), $"{Name} is not there");
        using var all = JsonDocument.Parse(File.ReadAllBytes(path));
        return
        [
            .. all.RootElement.EnumerateArray()
                .Where(vector => vector.GetProperty("mode").GetInt32() == 0)
                .Where(vector => vector.GetProperty("aead_id").GetInt32() == aead)
                .Select(vector => vector.Clone()),
        ];
    }

    internal static byte[] Bytes(this JsonElement vector, string name) =>
        Convert.FromHexString(vector.GetProperty(name).GetString()!);

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "SecureUserData.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests run outside the project's folder.");
    }
}
