using SecureUserData.Vault.Ledger;
using SecureUserData.Vault.Naming;

namespace SecureUserData.Vault;

/// <summary>A user of a vault, on the user's own machine: all keys are made, and all that is read is opened, here. What
/// the server says is verified; what it hands out is ciphertext. For one call at a time.</summary>
public sealed partial class VaultClient : IDisposable
{
    private const int Attempts = 10;

    private readonly VaultConnection _connection;
    private readonly UserKeys _keys;
    private readonly VaultTrust _trust;
    private readonly TimeProvider _time;
    private readonly Signatures _signatures = new();
    private readonly GroupKeyRing _groupKeys;

    private VaultClient(VaultConnection connection, UserKeys keys, VaultTrust trust, TimeProvider time)
    {
        (_connection, _keys, _trust, _time) = (connection, keys, trust, time);
        Me = VaultUserId.Parse(keys.User);
        _groupKeys = new GroupKeyRing(connection, keys, trust, _signatures);
    }

    /// <summary>The user.</summary>
    public VaultUserId Me { get; }

    /// <summary>The vault's users, groups and items, as they were verified last.</summary>
    public LedgerState Ledger => _trust.Ledger;

    /// <summary>What this client believes.</summary>
    public VaultTrust Trust => _trust;

    /// <summary>The bytes to keep of it for the next time, see <see cref="VaultTrust.Parse"/>.</summary>
    public byte[] KeepTrust() => _trust.ToBytes(_keys);

    /// <summary>Signs in, and verifies what is new.</summary>
    /// <param name="engine">The server.</param>
    /// <param name="keys">The user's keys; the client owns them then.</param>
    /// <param name="trust">What was believed before.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the server refuses the sign-in;
    /// <see cref="ErrorCode.Tampered"/> when what it shows does not verify.</exception>
    public static async Task<VaultClient> ConnectAsync(
        ISecureUserData engine, UserKeys keys, VaultTrust trust, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(trust);
        if (keys.Vault != $"{trust.Vault}")
            throw SecureUserDataException.Invalid("The key file is of another vault: name the right one.");
        time ??= TimeProvider.System;
        var connection = new VaultConnection(engine, trust.Vault, VaultUserId.Parse(keys.User), keys.Signing, time);
        var client = new VaultClient(connection, keys, trust, time);
        await client.RefreshAsync();
        if (trust.Ledger.Active(client.Me)?.Keys is not { } own)
            throw SecureUserDataException.Denied("You are no user of this vault, or not any more.");
        keys.CheckPublicKeys(own.Sealing, own.Signing);
        return client;
    }

    /// <summary>Makes a vault, as an operator of the installation.</summary>
    /// <param name="operators">The operator's session.</param>
    /// <returns>To be given to the first administrator on a way that the server cannot read.</returns>
    public static async Task<VaultInvitation> AddVaultAsync(ISession operators)
    {
        ArgumentNullException.ThrowIfNull(operators);
        using var secret = SigningKey.Generate();
        var first = VaultUserId.New();
        var vault = await operators.Get(new InstallationId()).AddVaultAsync(first, secret.PublicKey.ToArray());
        return VaultInvitation.Make(vault, first, secret, root: null);
    }

    /// <summary>Invites a first administrator anew, as an operator of the installation, for a vault that nobody has
    /// founded while there was time.</summary>
    /// <param name="operators">The operator's session.</param>
    /// <param name="vault">The vault.</param>
    public static async Task<VaultInvitation> InviteFounderAsync(ISession operators, VaultId vault)
    {
        ArgumentNullException.ThrowIfNull(operators);
        using var secret = SigningKey.Generate();
        var first = VaultUserId.New();
        await operators.Get(new InstallationId()).InviteFounderAsync(vault, first, secret.PublicKey.ToArray());
        return VaultInvitation.Make(vault, first, secret, root: null);
    }

    /// <summary>Founds a vault as its first administrator.</summary>
    /// <param name="engine">The server.</param>
    /// <param name="invitation">What the operator was given.</param>
    /// <param name="name">The administrator's name.</param>
    /// <param name="save">Keeps the keys, before anybody believes them; called once.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <returns>The administrator's client, whose <see cref="Trust"/> begins here.</returns>
    public static async Task<VaultClient> FoundAsync(
        ISecureUserData engine,
        VaultInvitation invitation,
        string name,
        Action<UserKeys> save,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        name = VaultName.Check(name, "user"); // before keys are kept that nobody will believe
        var keys = UserKeys.Generate($"{invitation.Vault}", $"{invitation.User}");
        var own = keys.ToPublic();
        var trust = new VaultTrust(
            invitation.Vault, VaultTrust.Fingerprint(invitation.Vault, invitation.User, own));
        save(keys);
        return await JoinAsync(engine, invitation, keys, trust, new FoundVault(name, own), time);
    }

    /// <summary>Sets up as an invited user.</summary>
    /// <param name="engine">The server.</param>
    /// <param name="invitation">What the user was given.</param>
    /// <param name="save">Keeps the keys, before anybody believes them; called once.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the time to set up is over;
    /// <see cref="ErrorCode.Tampered"/> when the vault is not the one that the invitation names.</exception>
    public static async Task<VaultClient> SetUpAsync(
        ISecureUserData engine, VaultInvitation invitation, Action<UserKeys> save, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        if (invitation.Root is not { } root)
            throw SecureUserDataException.Invalid(
                "This invitation is the first administrator's: found the vault with it.");
        var keys = UserKeys.Generate($"{invitation.Vault}", $"{invitation.User}");
        var own = keys.ToPublic();
        var trust = new VaultTrust(invitation.Vault, root);
        using var secret = SigningKey.From(invitation.Secret);
        var act = new SetUpUser(own, secret.Sign(Invitation.Text(invitation.Vault, invitation.User, own)));
        save(keys);
        return await JoinAsync(engine, invitation, keys, trust, act, time);
    }

    /// <summary>Has the act taken that makes the keys the user's. What fails from then on says nothing of them any
    /// more, or a caller would throw away keys that are in force.</summary>
    private static async Task<VaultClient> JoinAsync(
        ISecureUserData engine,
        VaultInvitation invitation,
        UserKeys keys,
        VaultTrust trust,
        VaultAct act,
        TimeProvider? time)
    {
        using var secret = SigningKey.From(invitation.Secret);
        time ??= TimeProvider.System;
        var connection = new VaultConnection(engine, invitation.Vault, invitation.User, secret, time);
        var client = new VaultClient(connection, keys, trust, time);
        try
        {
            await client.RefreshAsync();
            await client.ActAsync(act);
        }
        catch (SecureUserDataException) when (trust.Ledger.Active(invitation.User) is { Keys: { } taken }
            && keys.Sealing.PublicKey.SequenceEqual(taken.Sealing)
            && keys.Signing.PublicKey.SequenceEqual(taken.Signing))
        {
            // it was taken before, and the answer was lost
        }
        catch
        {
            client.Dispose();
            throw;
        }
        connection.SignInWith(keys.Signing);
        return client;
    }

    internal UserKeys Keys => _keys;

    /// <summary>A session of the user's, for what is not the vault's: a global administrator of an installation's first
    /// vault is one of its operators.</summary>
    public Task<ISession> OpenSessionAsync() => _connection.CallAsync(Task.FromResult);

    /// <summary>Looks what is new in users, groups and items, and verifies it.</summary>
    public async Task RefreshAsync()
    {
        var head = await _connection.VaultAsync(
            vault => vault.GetHeadAsync(), head => head.Hash is { Length: FieldReader.HashLength });
        _trust.CheckHead(head);
        while (_trust.Ledger.Head.Sequence < head.Sequence)
        {
            var after = _trust.Ledger.Head.Sequence;
            var acts = await _connection.VaultAsync(
                vault => vault.ListActsAsync(after, Limits.PageItems),
                acts => acts.Count > 0 && acts.All(act => act is { Body: not null, Signature: not null }));
            foreach (var act in acts) Believe(act);
        }
        _trust.Check(head);
    }

    /// <summary>What the server has taken must be right by the rules: that it is not is the server's fault.</summary>
    private void Believe(Signed act)
    {
        try
        {
            _trust.Take(act, _signatures);
        }
        catch (SecureUserDataException e) when (e.Code != ErrorCode.Tampered)
        {
            throw new SecureUserDataException(
                ErrorCode.Tampered,
                $"Act {_trust.Ledger.Head.Sequence + 1} of the vault breaks its rules: do not use this server.",
                e);
        }
    }

    private Task ActAsync(VaultAct act, VaultGroupName? name = null, Func<IReadOnlyList<Signed>>? seals = null) =>
        ActAsync(() => act, name, seals);

    private Task ActAsync(
        Func<VaultAct> act, VaultGroupName? name = null, Func<IReadOnlyList<Signed>>? seals = null) => ActAsync(
        act,
        signed => _connection.VaultAsync(vault => vault.AppendAsync(
            new VaultChange(signed) { Name = name, Seals = seals?.Invoke() ?? [] })));

    /// <summary>Signs an act and has it taken; when another one was faster, once more on top of that.</summary>
    private async Task ActAsync(Func<VaultAct> act, Func<Signed, Task<VaultHead>> send)
    {
        for (var attempt = 1; ; attempt++)
        {
            var signed = Sign(new SignedAct(_trust.Vault, Ledger.Head, _time.GetUtcNow(), Me, act()).ToBody());
            var next = _trust.Next(signed, _signatures); // here first: the error is clear, and nothing has been sent
            try
            {
                await send(signed);
                _trust.Took(signed, next);
                return;
            }
            catch (SecureUserDataException e) when (e.Code == ErrorCode.Conflict && attempt < Attempts)
            {
                var head = Ledger.Head;
                await RefreshAsync();
                if (Ledger.Head.IsSame(head)) throw;
            }
        }
    }

    private Signed Sign(byte[] body) => new(body, _keys.Signing.Sign(body));

    /// <inheritdoc/>
    public void Dispose()
    {
        _groupKeys.Dispose();
        foreach (var receiver in _receivers.Values) receiver.Dispose();
        _keys.Dispose();
    }
}
