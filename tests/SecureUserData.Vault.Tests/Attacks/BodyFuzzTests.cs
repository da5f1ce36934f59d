using System.Collections.Immutable;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>Bodies that nobody has signed like this. What is read is written the same again: two bodies never mean one
/// thing, and no reader fails in another way than it says.</summary>
public sealed class BodyFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 60_000;

    private static readonly VaultId Vault = VaultId.Parse("vault/app_01m81hrx4we96sn04vcd6gxghk");
    private static readonly VaultUserId User = VaultUserId.Parse("vusr_01m81hrx4we96sn04vcd6gxghk");
    private static readonly VaultGroupId Group = VaultGroupId.Parse("vgrp_01m81hrx4we96sn04vcd6gxghk");
    private static readonly VaultItemId Item = VaultItemId.Parse("vsvc_01m81hrx4we96sn04vcd6gxghk");
    private static readonly DateTimeOffset At = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly VaultHead Head = new(1, new byte[32]);

    private static readonly Func<byte[], byte[]>[] Readers =
    [
        body => SignedAct.Read(body).ToBody(),
        body => Seal.Read(body).ToBody(),
    ];

    private static readonly byte[][] Bodies =
    [
        .. ((VaultAct[])
        [
            new FoundVault("Grace", new VaultKeys(new byte[65], new byte[65])),
            new AddUser(User, "Ada", true, new byte[65], At),
            new SetUpUser(new VaultKeys(new byte[65], new byte[65]), new byte[64]),
            new RemoveUser(User),
            new SetAdministrator(User, true),
            new AddGroup(Group, new byte[32], true, new byte[65]),
            new PutGroup(Group, new byte[32], false),
            new RemoveGroup(Group),
            new SetMember(Group, User, true),
            new RemoveMember(Group, User, null),
            new RemoveMember(Group, User, new byte[65]),
            new RenewGroupKey(Group, new byte[65]),
            new PutItem(Item, new ItemContent("Main database")
            {
                Parent = Item, Url = "https://db.example.org", Groups = [Group],
                Metadata = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("port", "22"),
            })
            {
                Texts = [new NewText(VaultTextKind.Secret, 1, new byte[65], new byte[32], new byte[32])],
            },
            new PutItem(Item, null)
            {
                Texts = [new NewText(VaultTextKind.Notes, 7, new byte[65], new byte[32], new byte[32])],
                Proofs = [new ReadProof(VaultTextKind.Notes, new byte[64])],
            },
        ]).Select(act => new SignedAct(Vault, Head, At, User, act).ToBody()),
        new Seal(Vault, SealPurpose.Secret, Group, 1, $"{Item}", 1, Head, At, User, new byte[113]).ToBody(),
    ];

    [Fact]
    public void Every_body_is_read_by_its_own_reader_only()
    {
        foreach (var body in Bodies) Assert.Equal(body, Assert.Single(Readers, reader => Accepts(reader, body))(body));
    }

    [Fact]
    public void A_number_that_is_cut_short_is_not_another_one()
    {
        var body = Bodies[^2];
        for (var at = 0; at + 8 <= body.Length; at++)
        {
            byte[] changed = [.. body];
            changed[at + 3] ^= 1; // 2^32 more, where a number begins
            foreach (var reader in Readers)
                if (Accepts(reader, changed)) Assert.Equal(changed, reader(changed));
        }
    }

    [Fact]
    public void Changed_bodies_are_refused_or_written_the_same_again()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var accepted = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var body = Change(random, Bodies[random.Next(Bodies.Length)]);
            foreach (var reader in Readers)
            {
                if (!Accepts(reader, body)) continue;
                accepted++;
                Assert.True(body.AsSpan().SequenceEqual(reader(body)), $"Seed {seed}: {Convert.ToHexString(body)}");
            }
        }
        output.WriteLine($"{accepted} of {Rounds} were read");
        Assert.True(accepted > Rounds / 100, "The changes are too large to be read.");
    }

    private static bool Accepts(Func<byte[], byte[]> reader, byte[] body)
    {
        try
        {
            reader(body);
            return true;
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Invalid)
        {
            return false; // anything else that comes out fails the test
        }
    }

    private static byte[] Change(Random random, byte[] body)
    {
        var changed = body.ToList();
        for (var times = random.Next(1, 4); times > 0 && changed.Count > 0; times--)
        {
            var at = random.Next(changed.Count);
            switch (random.Next(6))
            {
                case 0:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 2:
                    changed.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    changed.RemoveAt(at);
                    break;
                case 4:
                    changed.RemoveRange(at, changed.Count - at);
                    break;
                default:
                    var other = Bodies[random.Next(Bodies.Length)];
                    changed.AddRange(other.Skip(random.Next(other.Length)));
                    break;
            }
        }
        return [.. changed];
    }
}
