using System.Reflection;
using SecureUserData.Entities;
using SecureUserData.Erasures;
using SecureUserData.Ports;

namespace SecureUserData.Tests.Integrity;

/// <summary>No store is forgotten when a user is erased: whoever adds one adds its eraser, or says why there is none.
/// </summary>
public sealed class EraserTests(Scene scene) : IClassFixture<Scene>
{
    /// <summary>Tables that may name an erased user, and what stays there.</summary>
    private static readonly Dictionary<string, string> Kept = new()
    {
        ["state"] = "tombstones",
        ["tag"] = "the tag of tombstones",
        ["log"] = "pseudonymous entries",
        ["log_index"] = "where they are",
    };

    [Fact]
    public void Every_store_has_an_eraser_or_a_reason_to_have_none()
    {
        Type[] ports = [typeof(IPorts), .. typeof(IPorts).GetInterfaces()];
        var stores = ports.SelectMany(port => port.GetMembers())
            .Where(member => member is not MethodInfo { IsSpecialName: true })
            .Select(member => member.Name);

        Assert.Equal(
            stores.Order(),
            Erasers.InOrder.Select(eraser => eraser.Store).Distinct().Concat(Erasers.Kept.Keys).Order());
    }

    [Fact]
    public void Every_kind_of_entity_that_is_about_a_user_is_erased_or_owns_nothing()
    {
        var aboutUsers = EntityKind.All
            .Where(kind => kind.IdType == typeof(UserId)
                || kind.IdType.GetProperties().Any(property => property.PropertyType == typeof(UserId)))
            .Select(kind => kind.Contract);

        // Users and consents end as tombstones, an overview has no state, and an erasure holds numbers alone.
        Assert.Equal([typeof(IConsent), typeof(IErasure), typeof(IOverview), typeof(IUser)],
            aboutUsers.OrderBy(contract => contract.Name));
    }

    [Fact]
    public async Task No_table_names_an_erased_user_but_those_that_keep_a_pseudonymous_trace()
    {
        using var folder = scene.Copy();
        var before = await EraseAsync(folder);

        var tables = folder.Texts("SELECT name FROM sqlite_master WHERE type = 'table'");
        var naming = tables.Where(table => RowsAbout(folder, table, scene.Ada) > 0).ToList();

        Assert.All(naming, table => Assert.Contains(table, Kept.Keys));
        Assert.Contains("record", before);
        Assert.Contains("unique_key", before); // the search would have found what is gone
        Assert.Equal(
            [$"{scene.Ada}", $"{scene.Ada}/{scene.Letters.Id}", $"{scene.Ada}/{scene.Orders.Id}",
                $"{new ErasureId(scene.Ada)}"],
            folder.Texts("SELECT id FROM state WHERE id LIKE '%' || $1 || '%'", $"{scene.Ada}")
                .Order(StringComparer.Ordinal).OrderBy(id => id.StartsWith("erasure", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whoever_sets_the_state_of_an_erased_user_back_gets_nothing_to_read()
    {
        using var folder = scene.Copy();
        var before = folder.Rows("SELECT id, version, owner, tags, body FROM state");
        await EraseAsync(folder);
        foreach (var row in before)
            folder.Sql("UPDATE state SET version = $2, owner = $3, tags = $4, body = $5 WHERE id = $1", row);

        await using var engine = await folder.OpenAsync();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Scene.ReadAsync(engine, scene.Letters, scene.Ada));
        Assert.Contains(refusal.Code, (ErrorCode[])[ErrorCode.Erased, ErrorCode.Tampered]);
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => shop.Get(scene.Ada).SetFieldAsync("name", "x"));
        Assert.Equal(ErrorCode.Erased, refusal.Code);
    }

    /// <summary>The tables that named the user before.</summary>
    private async Task<IReadOnlyList<string>> EraseAsync(DataFolder folder)
    {
        var before = folder.Texts("SELECT name FROM sqlite_master WHERE type = 'table'")
            .Where(table => RowsAbout(folder, table, scene.Ada) > 0).ToList();
        await using var engine = await folder.OpenAsync();
        await (await engine.SignInAsync(scene.Shop.Credential)).EraseAsync(
            scene.Ada, cancellation: TestContext.Current.CancellationToken);
        return before;
    }

    private static long RowsAbout(DataFolder folder, string table, UserId user)
    {
        var columns = folder.Texts("SELECT name FROM pragma_table_info($1)", table);
        var anywhere = string.Join(" || '|' || ", columns.Select(column => $"coalesce(CAST({column} AS TEXT), '')"));
        return folder.Value<long>($"SELECT count(*) FROM {table} WHERE {anywhere} LIKE '%' || $1 || '%'", $"{user}");
    }
}
