using System.Security.Cryptography;
using SecureUserData.Vault.Items;

namespace SecureUserData.Vault;

// Customers, machines and services.
public sealed partial class VaultClient
{
    /// <summary>One item, verified.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when it does not verify, or is older
    /// than what was seen before.</exception>
    public async Task<SeenItem> GetAsync(VaultItemId id) =>
        await VerifiedAsync(id, await ItemAsync(id, item => item.GetAsync()));

    /// <summary>All items of a kind, verified.</summary>
    public Task<IReadOnlyList<SeenItem>> ListAsync(VaultItemKind kind) =>
        ListAsync((items, cursor) => items.ListAsync(kind, cursor, Limits.PageItems), item => item.Id.Kind == kind);

    /// <summary>All items in a group, verified. One that is not in it would be sealed to the group by
    /// <see cref="ResealAsync"/>, if it were taken.</summary>
    public Task<IReadOnlyList<SeenItem>> ListInGroupAsync(VaultGroupId group) => ListAsync(
        (items, cursor) => items.ListInGroupAsync(group, cursor, Limits.PageItems),
        item => item.Content.Groups.Contains(group));

    /// <summary>Adds an item.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="content">What everybody in the vault, and the server, may see.</param>
    /// <param name="secret">A service's secret; null for none.</param>
    /// <param name="notes">Notes, which only members of the item's groups read; null for none.</param>
    public async Task<SeenItem> AddAsync(
        VaultItemKind kind, ItemContent content, byte[]? secret = null, byte[]? notes = null)
    {
        var id = VaultItemId.New(kind);
        content = content.In(content.Groups); // in order
        var change = new VaultItemChange { Record = Sign(NewRecord(id, null, content).ToBody()) };
        if (secret is not null) change = With(change, id, content, VaultTextKind.Secret, 1, secret, null);
        if (notes is not null) change = With(change, id, content, VaultTextKind.Notes, 1, notes, null);
        return await PutAsync(id, change);
    }

    /// <summary>Changes what everybody may see of an item; not its groups.</summary>
    public async Task<SeenItem> PutAsync(SeenItem item, ItemContent content)
    {
        content = content.In(content.Groups); // in order
        if (!content.Groups.SequenceEqual(item.Content.Groups))
            throw SecureUserDataException.Invalid("Groups are added and taken away by their own functions.");
        return await PutAsync(item.Id, new VaultItemChange
        {
            Record = Sign(NewRecord(item.Id, item, content).ToBody()),
        });
    }

    /// <summary>Takes an item out of the vault, and what is sealed in it.</summary>
    public async Task RemoveAsync(SeenItem item) => await PutAsync(item.Id, new VaultItemChange
    {
        Record = Sign(NewRecord(item.Id, item, item.Content with { IsRemoved = true }).ToBody()),
    });

    /// <summary>Replaces a secret or notes. What is there is opened first, which shows that this user may.</summary>
    public async Task<SeenItem> SetTextAsync(SeenItem item, VaultTextKind kind, byte[] content)
    {
        var newest = Newest(item, kind);
        using var before = newest == 0 ? null : (await OpenAsync(item, kind, 0)).Key;
        return await PutAsync(
            item.Id, With(new VaultItemChange(), item.Id, item.Content, kind, newest + 1, content, before));
    }

    /// <summary>Opens a secret or notes.</summary>
    /// <param name="item">The item.</param>
    /// <param name="kind">Which of the two.</param>
    /// <param name="version">The version; 0 for the newest.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the user is in none of its groups;
    /// <see cref="ErrorCode.Tampered"/> when it is not what was signed.</exception>
    public async Task<OpenedText> ReadAsync(SeenItem item, VaultTextKind kind, long version = 0)
    {
        var (text, key, ciphertext) = await OpenAsync(item, kind, version);
        using (key)
        {
            var content = key.Decrypt(ciphertext, SealedText.Binding(_trust.Vault, item.Id, kind, text.Version));
            return new OpenedText(text.Version, text.At, text.Signer, content);
        }
    }

    /// <summary>The versions of a secret or of notes that are kept, oldest first, without their content.</summary>
    public async Task<IReadOnlyList<OpenedText>> ListVersionsAsync(SeenItem item, VaultTextKind kind)
    {
        var versions = new List<OpenedText>();
        if (Newest(item, kind) == 0) return versions; // most items have no notes: one call less
        foreach (var signed in await ItemAsync(item.Id, there => there.ListTextsAsync(kind)))
        {
            var text = await VerifiedAsync(item, kind, signed);
            versions.Add(new OpenedText(text.Version, text.At, text.Signer, null));
        }
        return versions;
    }

    /// <summary>An item's own chain of the access log, oldest first; for members of its groups and global
    /// administrators. It is the server's word, and not signed by anybody.</summary>
    public async Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(VaultItemId id)
    {
        var log = new List<AccessLogEntry>();
        while (true)
        {
            var after = log.Count == 0 ? 0 : log[^1].Sequence;
            var page = await ItemAsync(id, item => item.ReadLogAsync(after, Limits.PageItems));
            log.AddRange(page);
            if (page.Count < Limits.PageItems) return log;
        }
    }

    /// <summary>Lets another group read what is sealed in an item.</summary>
    public async Task<SeenItem> AddToGroupAsync(SeenItem item, VaultGroupId group)
    {
        var content = item.Content.In(item.Content.Groups.Add(group));
        var record = Sign(NewRecord(item.Id, item, content).ToBody());
        var (seals, proofs) = (new List<Signed>(), new List<VaultProof>());
        foreach (var kind in Enum.GetValues<VaultTextKind>())
            foreach (var version in await ListVersionsAsync(item, kind))
            {
                using var key = (await OpenAsync(item, kind, version.Version)).Key;
                seals.Add(SealText(item.Id, kind, version.Version, group, key));
                if (version.Version != Newest(item, kind)) continue;
                using var access = key.AccessKey();
                proofs.Add(new VaultProof(kind, access.Sign(record.Body)));
            }
        return await PutAsync(item.Id, new VaultItemChange { Record = record, Seals = seals, Proofs = proofs });
    }

    /// <summary>Takes an item out of a group.</summary>
    public Task<SeenItem> RemoveFromGroupAsync(SeenItem item, VaultGroupId group) => PutAsync(
        item.Id,
        new VaultItemChange
        {
            Record = Sign(NewRecord(
                item.Id, item, item.Content.In(item.Content.Groups.Remove(group))).ToBody()),
        });

    /// <summary>Seals what is in a group to the group's newest key, where it is still sealed to an older one. It goes
    /// on where it was stopped.</summary>
    /// <param name="group">The group.</param>
    /// <param name="progress">Told how many items are done, of how many.</param>
    /// <param name="cancellation">Stops it between two items.</param>
    /// <returns>The items that were sealed anew.</returns>
    public async Task<IReadOnlyList<SeenItem>> ResealAsync(
        VaultGroupId group,
        IProgress<(int Done, int Of)>? progress = null,
        CancellationToken cancellation = default)
    {
        var version = Ledger.Group(group).KeyVersion;
        var stale = (await ListInGroupAsync(group))
            .Where(item => item.View.Sealed.Any(key => key.Group == group && key.Version < version)).ToList();
        for (var done = 0; done < stale.Count; done++)
        {
            cancellation.ThrowIfCancellationRequested();
            var seals = new List<Signed>();
            foreach (var kind in Enum.GetValues<VaultTextKind>())
                foreach (var text in await ListVersionsAsync(stale[done], kind))
                {
                    var opened = await OpenAsync(stale[done], kind, text.Version);
                    using var key = opened.Key;
                    if (opened.SealedTo(group) < version)
                        seals.Add(SealText(stale[done].Id, kind, text.Version, group, key));
                }
            await PutAsync(stale[done].Id, new VaultItemChange { Seals = seals });
            progress?.Report((done + 1, stale.Count));
        }
        return stale;
    }

    /// <summary>Has a change taken. What was taken is remembered, so that the server cannot keep it back later.
    /// </summary>
    private async Task<SeenItem> PutAsync(VaultItemId id, VaultItemChange change)
    {
        var view = await ItemAsync(id, item => item.PutAsync(change));
        foreach (var signed in change.Texts.Select(text => text.Text))
        {
            var text = SealedText.Read(signed.Body);
            _trust.SawText(id, text.Kind, text.Version, SHA256.HashData(signed.Body));
        }
        var item = await VerifiedAsync(id, view);
        return change.Record is null || item.View.Record.Body.AsSpan().SequenceEqual(change.Record.Body)
            ? item
            : throw SecureUserDataException.Tampered($"{id}");
    }

    private Task<T> ItemAsync<T>(VaultItemId id, Func<IVaultItem, Task<T>> call) =>
        _connection.CallAsync(session => call(session.Get(id)));

    private async Task<IReadOnlyList<SeenItem>> ListAsync(
        Func<IVaultItems, string?, Task<Page<VaultItemView>>> list, Func<SeenItem, bool> belongs)
    {
        var seen = new List<SeenItem>();
        string? cursor = null;
        do
        {
            var at = cursor;
            var page = await _connection.CallAsync(session => list(session.Get(new VaultItemsId(_trust.Vault)), at));
            foreach (var view in page.Items)
            {
                var item = await VerifiedAsync(view.Id, view);
                seen.Add(belongs(item) ? item : throw SecureUserDataException.Tampered($"the list with {view.Id}"));
            }
            cursor = page.Next;
        }
        while (cursor is not null);
        return seen;
    }

    private ItemRecord NewRecord(VaultItemId id, SeenItem? before, ItemContent content) => new(
        _trust.Vault,
        id,
        (before?.Record.Version ?? 0) + 1,
        before is null ? ItemRecord.None : ItemRecord.HashOf(before.View.Record.Body),
        Ledger.Head,
        _time.GetUtcNow(),
        Me,
        content);

    private VaultItemChange With(
        VaultItemChange change,
        VaultItemId id,
        ItemContent content,
        VaultTextKind kind,
        long version,
        byte[] plaintext,
        TextKey? before)
    {
        using var key = TextKey.Generate();
        using var access = key.AccessKey();
        var ciphertext = key.Encrypt(plaintext, SealedText.Binding(_trust.Vault, id, kind, version));
        var text = Sign(new SealedText(
            _trust.Vault,
            id,
            kind,
            version,
            Ledger.Head,
            _time.GetUtcNow(),
            Me,
            access.PublicKey.ToArray(),
            SHA256.HashData(ciphertext)).ToBody());
        using var proof = before?.AccessKey();
        return change with
        {
            Texts = [.. change.Texts, new VaultNewText(text, ciphertext)],
            Seals = [.. change.Seals, .. content.Groups.Select(group => SealText(id, kind, version, group, key))],
            Proofs = proof is null
                ? change.Proofs
                : [.. change.Proofs, new VaultProof(kind, proof.Sign(text.Body))],
        };
    }

    private Signed SealText(VaultItemId id, VaultTextKind kind, long version, VaultGroupId group, TextKey key)
    {
        var recipient = Ledger.Group(group).Key;
        var seal = new Seal(
            _trust.Vault, (SealPurpose)kind, group, Ledger.Group(group).KeyVersion, $"{id}", version, Ledger.Head,
            _time.GetUtcNow(), Me, []);
        return Sign((seal with
        {
            Bytes = Hpke.Seal(recipient, seal.Info(), seal.Binding(recipient), key.Bytes),
        }).ToBody());
    }

    private static long Newest(SeenItem item, VaultTextKind kind) =>
        kind == VaultTextKind.Secret ? item.View.SecretVersion : item.View.NotesVersion;
}
