using System.Text;

namespace SecureUserData.Cli.Tests.Vault;

public sealed class ResealTests : IDisposable
{
    private const int Services = 40;

    private readonly VaultShell _vault = new();

    [Fact]
    public async Task Sealing_anew_that_is_interrupted_goes_on_where_it_was()
    {
        await _vault.InitAsync();
        await _vault.DoAsync("group-add", "Operations");
        var csv = new StringBuilder("name,secret\n");
        for (var i = 0; i < Services; i++) csv.Append($"service {i},secret {i}\n");
        Assert.Equal(0, (await _vault.ImportAsync(csv.ToString())).Code);
        await _vault.JoinAsync("Ada");
        _vault.Sit("Grace");
        await _vault.DoAsync("group-add-user", "Operations", "Ada");

        var stopped = await _vault.StopAsync("sealing anew: ", "group-del-user", "Operations", "Ada");
        Assert.Equal(130, stopped.Code);
        Assert.Contains("Stopped", stopped.Error);

        var rest = (await _vault.JsonAsync("group-reseal", "Operations")).GetProperty("resealed").GetInt32();
        Assert.InRange(rest, 1, Services - 1);
        Assert.Equal(0, (await _vault.JsonAsync("group-reseal", "Operations")).GetProperty("resealed").GetInt32());
        var group = await _vault.JsonAsync("group-get", "Operations");
        Assert.Equal(2, group.GetProperty("keyVersion").GetInt32()); // the one key that Ada's leaving has made
        Assert.Single(group.GetProperty("members").EnumerateArray());
        foreach (var i in (int[])[0, Services - 1])
            Assert.Equal($"secret {i}", await _vault.SecretAsync($"service {i}"));
    }

    public void Dispose() => _vault.Dispose();
}
