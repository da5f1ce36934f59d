using SecureUserData.Tests.Conformance;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>A server that answers with nothing, or with things in which something lacks.</summary>
public sealed class EmptyAnswerTests(EmbeddedFixture engine) : VaultAttack(engine), IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task An_answer_in_which_something_lacks_is_refused_as_what_it_is()
    {
        using var grace = await FoundAsync();
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddServiceAsync(grace, "Main database", group);
        await grace.RenewGroupKeyAsync(group);
        await AnswerAsync<VaultHead>(nameof(IVault.GetHeadAsync), null, new VaultHead(9, null!), new VaultHead(9, []));
        await AnswerAsync<IReadOnlyList<Signed>>(
            nameof(IVault.ListActsAsync), null, [], [null!], [new Signed(null!, [])], [new Signed([], null!)]);
        await AnswerAsync<IReadOnlyList<VaultGroupName>>(
            nameof(IVault.ListGroupNamesAsync), null, [null!], [new VaultGroupName(group, null!, "x")],
            [new VaultGroupName(group, [], null!)]);
        await AnswerAsync<IReadOnlyList<VaultMember>>(nameof(IVault.ListWaitingAsync), null, [null!]);
        await AnswerAsync<Page<VaultItemId>>(
            nameof(IVault.ListStaleAsync), null, new Page<VaultItemId>(null!, null),
            new Page<VaultItemId>([], $"1:{service.Id}"),
            new Page<VaultItemId>([service.Id], $"1:{service.Id}"));
        await AnswerAsync<IReadOnlyList<Signed>>(
            nameof(IVault.GetGroupKeysAsync), null, [null!], [new Signed(null!, [])], [new Signed([], null!)]);
        await AnswerAsync<IReadOnlyList<Signed>>(nameof(IVaultItem.GetSealsAsync), null, [null!], [new Signed([], [])]);
        await AnswerAsync<VaultText>(
            nameof(IVaultItem.GetTextAsync), null, new VaultText(null!, []), new VaultText([], null!));

        async Task AnswerAsync<T>(string method, params T?[] answers)
            where T : class
        {
            foreach (var answer in answers)
            {
                Server.Lie<T?>(method, (_, _) => answer);
                await TamperedAsync(EverythingAsync);
                Server.TellTheTruth();
            }
        }

        async Task EverythingAsync()
        {
            var victim = await FreshAsync(grace);
            await victim.ListGroupsAsync();
            await victim.CompleteMembersAsync();
            await SecretAsync(victim, service);
            await victim.ResealAsync(group, null, TestContext.Current.CancellationToken);
        }
    }
}
