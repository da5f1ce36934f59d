using System.Text.Json;

namespace SecureUserData.Vault.Tests.Interop;

/// <summary>Seals that Node made once (<c>node hpke.mjs --seals</c>), for where there is no Node.</summary>
public sealed class NodeSealsTests
{
    [Fact]
    public void What_Node_sealed_opens()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Interop", "node-seals.json");
        using var seals = JsonDocument.Parse(File.ReadAllBytes(path));
        Assert.Equal(4, seals.RootElement.GetArrayLength());
        foreach (var seal in seals.RootElement.EnumerateArray())
        {
            using var key = SealingKey.From(Bytes(seal, "scalar"));
            Assert.Equal(
                Bytes(seal, "plaintext"),
                Hpke.Open(key, Bytes(seal, "info"), Bytes(seal, "aad"), Bytes(seal, "sealed")));
        }
    }

    private static byte[] Bytes(JsonElement seal, string name) =>
        Convert.FromHexString(seal.GetProperty(name).GetString()!);
}
