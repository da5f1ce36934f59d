using System.Buffers.Text;
using System.Text.Json;

namespace SecureUserData.Conformance.Ports;

/// <summary>The list of finished erasures.</summary>
public abstract class ErasureListConformance(PortsFixture fixture) : PortConformance(fixture)
{
    [Fact]
    public async Task What_was_added_is_there_after_a_crash()
    {
        var (one, two) = (UserId.New(), UserId.New());

        await Ports.Erasures.AddAsync([Certificate(one)]);
        await Ports.Erasures.AddAsync([Certificate(two), Certificate(one)]);
        await Fixture.CrashAsync();

        var users = await Ports.Erasures.UsersAsync();
        Assert.Contains(one, users);
        Assert.Contains(two, users);
        Assert.DoesNotContain(UserId.New(), users);
    }

    [Fact]
    public async Task Each_certificate_is_given_once_and_in_the_same_order_every_time()
    {
        var certificates = Enumerable.Range(0, 5).Select(_ => Certificate(UserId.New())).ToList();
        await Ports.Erasures.AddAsync(certificates);
        await Ports.Erasures.AddAsync([certificates[3], certificates[1]]);

        var listed = await ListAsync();
        await Fixture.CrashAsync();

        Assert.Equal(certificates.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.Equal(listed, await ListAsync());

        async Task<List<string>> ListAsync()
        {
            var all = new List<string>();
            await foreach (var certificate in Ports.Erasures.CertificatesAsync())
                if (certificates.Contains(certificate)) all.Add(certificate);
            return all;
        }
    }

    [Fact]
    public async Task Many_who_add_at_the_same_time_lose_nothing()
    {
        var users = Enumerable.Range(0, 50).Select(_ => UserId.New()).ToList();

        await Task.WhenAll(users.Select(user => Ports.Erasures.AddAsync([Certificate(user)])));

        Assert.Superset(users.ToHashSet(), (await Ports.Erasures.UsersAsync()).ToHashSet());
    }

    /// <summary>The list keeps certificates without verifying them.</summary>
    private static string Certificate(UserId user)
    {
        var statement = new ErasureStatement(
            ErasureStatement.CurrentFormat, $"{user}", $"{AppId.New()}", $"{user}", DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch, [], [], "", 1, "");
        var claims = JsonSerializer.SerializeToUtf8Bytes(statement, JsonSerializerOptions.Web);
        return $"e30.{Base64Url.EncodeToString(claims)}.c2lnbmF0dXJl";
    }
}
