using SecureUserData.Vault.Items;

namespace SecureUserData.Vault.Ledger;

/// <summary>A change of a vault: of its users, its groups or its items.</summary>
public abstract record VaultAct
{
    private protected VaultAct()
    {
    }

    private enum Kind : byte
    {
        Found = 1,
        AddUser = 2,
        SetUpUser = 3,
        RemoveUser = 4,
        SetAdministrator = 5,
        AddGroup = 6,
        PutGroup = 7,
        RemoveGroup = 8,
        SetMember = 9,
        RemoveMember = 10,
        RenewGroupKey = 11,
        PutItem = 12,
    }

    /// <summary>What the access log says of it: its kind, and whom it is about.</summary>
    public string[] Summary() => this switch
    {
        FoundVault => ["found-vault"],
        AddUser act => ["add-user", $"{act.User}"],
        SetUpUser => ["set-up-user"],
        RemoveUser act => ["remove-user", $"{act.User}"],
        SetAdministrator act => [act.IsAdministrator ? "make-administrator" : "unmake-administrator", $"{act.User}"],
        AddGroup act => ["add-group", $"{act.Group}"],
        PutGroup act => ["put-group", $"{act.Group}"],
        RemoveGroup act => ["remove-group", $"{act.Group}"],
        SetMember act =>
            [act.IsAdministrator ? "set-member-administrator" : "set-member", $"{act.Group}", $"{act.User}"],
        RemoveMember act => ["remove-member", $"{act.Group}", $"{act.User}"],
        RenewGroupKey act => ["renew-group-key", $"{act.Group}"],
        PutItem act => ["put-item", $"{act.Item}"],
        _ => throw new InvalidOperationException($"There is no act {GetType()}."),
    };

    internal void Write(FieldWriter fields)
    {
        fields.Bytes([(byte)KindOf(this)]);
        switch (this)
        {
            case FoundVault act:
                fields.Text(act.Name).Bytes(act.Keys.Sealing).Bytes(act.Keys.Signing);
                break;
            case AddUser act:
                fields.Text($"{act.User}").Text(act.Name).Flag(act.IsAdministrator)
                    .Bytes(act.InvitationKey).Time(act.Until);
                break;
            case SetUpUser act:
                fields.Bytes(act.Keys.Sealing).Bytes(act.Keys.Signing).Bytes(act.InvitationSignature);
                break;
            case RemoveUser act:
                fields.Text($"{act.User}");
                break;
            case SetAdministrator act:
                fields.Text($"{act.User}").Flag(act.IsAdministrator);
                break;
            case AddGroup act:
                fields.Text($"{act.Group}").Bytes(act.NameHash).Flag(act.IsHidden).Bytes(act.PublicKey);
                break;
            case PutGroup act:
                fields.Text($"{act.Group}").Bytes(act.NameHash).Flag(act.IsHidden);
                break;
            case RemoveGroup act:
                fields.Text($"{act.Group}");
                break;
            case SetMember act:
                fields.Text($"{act.Group}").Text($"{act.User}").Flag(act.IsAdministrator);
                break;
            case RemoveMember act:
                fields.Text($"{act.Group}").Text($"{act.User}").Bytes(act.PublicKey ?? []);
                break;
            case RenewGroupKey act:
                fields.Text($"{act.Group}").Bytes(act.PublicKey);
                break;
            case PutItem act:
                act.WriteItem(fields);
                break;
        }
    }

    internal static VaultAct Read(ref FieldReader fields) => (Kind)fields.Bytes(1)[0] switch
    {
        Kind.Found => new FoundVault(fields.Text(), Keys(ref fields)),
        Kind.AddUser =>
            new AddUser(fields.User(), fields.Text(), fields.Flag(), fields.PublicKey(), fields.Time()),
        Kind.SetUpUser => new SetUpUser(Keys(ref fields), fields.Bytes(VerifyingKey.SignatureLength)),
        Kind.RemoveUser => new RemoveUser(fields.User()),
        Kind.SetAdministrator => new SetAdministrator(fields.User(), fields.Flag()),
        Kind.AddGroup => new AddGroup(
            fields.Group(), fields.Bytes(FieldReader.HashLength), fields.Flag(), fields.PublicKey()),
        Kind.PutGroup => new PutGroup(fields.Group(), fields.Bytes(FieldReader.HashLength), fields.Flag()),
        Kind.RemoveGroup => new RemoveGroup(fields.Group()),
        Kind.SetMember => new SetMember(fields.Group(), fields.User(), fields.Flag()),
        Kind.RemoveMember => new RemoveMember(fields.Group(), fields.User(), OptionalKey(fields.Bytes())),
        Kind.RenewGroupKey => new RenewGroupKey(fields.Group(), fields.PublicKey()),
        Kind.PutItem => Items.PutItem.ReadItem(ref fields),
        _ => throw FieldReader.Malformed(),
    };

    private static VaultKeys Keys(ref FieldReader fields) => new(fields.PublicKey(), fields.PublicKey());

    private static byte[]? OptionalKey(ReadOnlySpan<byte> key) => key.Length switch
    {
        0 => null,
        FieldReader.PublicKeyLength => key.ToArray(),
        _ => throw FieldReader.Malformed(),
    };

    private static Kind KindOf(VaultAct act) => act switch
    {
        FoundVault => Kind.Found,
        AddUser => Kind.AddUser,
        SetUpUser => Kind.SetUpUser,
        RemoveUser => Kind.RemoveUser,
        SetAdministrator => Kind.SetAdministrator,
        AddGroup => Kind.AddGroup,
        PutGroup => Kind.PutGroup,
        RemoveGroup => Kind.RemoveGroup,
        SetMember => Kind.SetMember,
        RemoveMember => Kind.RemoveMember,
        RenewGroupKey => Kind.RenewGroupKey,
        PutItem => Kind.PutItem,
        _ => throw new ArgumentOutOfRangeException(nameof(act)),
    };
}

/// <summary>A user's public keys: points of P-256, uncompressed, 65 bytes each.</summary>
/// <param name="Sealing">What is sealed to the user is sealed to this one.</param>
/// <param name="Signing">Verifies what the user signs.</param>
public sealed record VaultKeys(byte[] Sealing, byte[] Signing);

/// <summary>The first act: the first administrator, who signs it.</summary>
/// <param name="Name">The administrator's name.</param>
/// <param name="Keys">The administrator's keys.</param>
public sealed record FoundVault(string Name, VaultKeys Keys) : VaultAct;

/// <summary>Invites a user; again when the time to set up has run out.</summary>
/// <param name="User">The user.</param>
/// <param name="Name">The user's name.</param>
/// <param name="IsAdministrator">Whether the user is a global administrator.</param>
/// <param name="InvitationKey">Verifies, once, which keys are the user's: only who was given the one-time secret can
/// sign for it.</param>
/// <param name="Until">The invitation's end.</param>
public sealed record AddUser(
    VaultUserId User, string Name, bool IsAdministrator, byte[] InvitationKey, DateTimeOffset Until) : VaultAct;

/// <summary>An invited user's keys, signed with the new signing key.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="InvitationSignature">Over <see cref="Ledger.Invitation.Text"/>, with the one-time secret.</param>
public sealed record SetUpUser(VaultKeys Keys, byte[] InvitationSignature) : VaultAct;

/// <summary>Takes a user out of the vault and of all groups.</summary>
/// <param name="User">The user.</param>
public sealed record RemoveUser(VaultUserId User) : VaultAct;

/// <summary>Makes a user a global administrator, or no longer.</summary>
/// <param name="User">The user.</param>
/// <param name="IsAdministrator">Which of the two.</param>
public sealed record SetAdministrator(VaultUserId User, bool IsAdministrator) : VaultAct;

/// <summary>Makes a group, whose first administrator is who signs.</summary>
/// <param name="Group">The group.</param>
/// <param name="NameHash">Its name, see <see cref="GroupNames"/>.</param>
/// <param name="IsHidden">Whether only members and global administrators learn its name.</param>
/// <param name="PublicKey">The first version of its key.</param>
public sealed record AddGroup(VaultGroupId Group, byte[] NameHash, bool IsHidden, byte[] PublicKey) : VaultAct;

/// <summary>Renames, hides or shows a group.</summary>
/// <param name="Group">The group.</param>
/// <param name="NameHash">Its name, see <see cref="GroupNames"/>.</param>
/// <param name="IsHidden">Whether only members and global administrators learn its name.</param>
public sealed record PutGroup(VaultGroupId Group, byte[] NameHash, bool IsHidden) : VaultAct;

/// <summary>Ends a group.</summary>
/// <param name="Group">The group.</param>
public sealed record RemoveGroup(VaultGroupId Group) : VaultAct;

/// <summary>Makes a user a member, or changes whether a member administrates the group.</summary>
/// <param name="Group">The group.</param>
/// <param name="User">The user.</param>
/// <param name="IsAdministrator">Whether the user administrates the group.</param>
public sealed record SetMember(VaultGroupId Group, VaultUserId User, bool IsAdministrator) : VaultAct;

/// <summary>Takes a member out of a group, whose key is a new one from then on.</summary>
/// <param name="Group">The group.</param>
/// <param name="User">The user.</param>
/// <param name="PublicKey">The new key; null from a global administrator who is no member and must not come to know a
/// key of the group: an administrator of the group makes it then.</param>
public sealed record RemoveMember(VaultGroupId Group, VaultUserId User, byte[]? PublicKey) : VaultAct;

/// <summary>Gives a group a new key.</summary>
/// <param name="Group">The group.</param>
/// <param name="PublicKey">The new key.</param>
public sealed record RenewGroupKey(VaultGroupId Group, byte[] PublicKey) : VaultAct;
