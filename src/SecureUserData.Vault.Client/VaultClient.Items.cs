using SecureUserData.Vault.Items;

namespace SecureUserData.Vault;

// Customers, machines and services.
public sealed partial class VaultClient
{
    /// <summary>Calls under way while items are sealed anew: what waits is a server's disk, or a network.</summary>
    private const int Ahead = 16;

    /// <summary>One item, as it is now.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is none, or not any
    /// more.</exception>
    public async Task<LedgerItem> GetAsync(VaultItemId id)
    {
        await RefreshAsync();
        return Item(id);
    }

    /// <summary>All items of a kind, oldest first.</summary>
    public async Task<IReadOnlyList<LedgerItem>> ListAsync(VaultItemKind kind)
    {
        await RefreshAsync();
        return List(item => item.Id.Kind == kind);
    }

    /// <summary>All items in a group, oldest first.</summary>
    public async Task<IReadOnlyList<LedgerItem>> ListInGroupAsync(VaultGroupId group)
    {
        await RefreshAsync();
        return List(item => item.Content.Groups.Contains(group));
    }

    /// <summary>Searches the items.</summary>
    public async Task<IReadOnlyList<FoundItem>> SearchAsync(VaultSearch search)
    {
        ArgumentNullException.ThrowIfNull(search);
        await RefreshAsync();
        return search.In(Ledger);
    }

    /// <summary>Adds an item.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="content">What everybody in the vault, and the server, may see.</param>
    /// <param name="secret">A service's secret; null for none.</param>
    /// <param name="notes">Notes, which only members of the item's groups read; null for none.</param>
    public Task<LedgerItem> AddAsync(
        VaultItemKind kind, ItemContent content, byte[]? secret = null, byte[]? notes = null)
    {
        var id = VaultItemId.New(kind);
        content = content.In(content.Groups); // in order
        return PutAsync(id, null, draft =>
        {
            draft.Content = content;
            if (secret is not null) draft.Add(content, VaultTextKind.Secret, 1, secret);
            if (notes is not null) draft.Add(content, VaultTextKind.Notes, 1, notes);
        });
    }

    /// <summary>Changes what everybody may see of an item; not its groups.</summary>
    public Task<LedgerItem> PutAsync(LedgerItem item, ItemContent content)
    {
        content = content.In(content.Groups); // in order
        return content.Groups.SequenceEqual(item.Content.Groups)
            ? PutAsync(item.Id, item, draft => draft.Content = content)
            : throw SecureUserDataException.Invalid("Groups are added and taken away by their own functions.");
    }

    /// <summary>Takes an item out of the vault, and what is sealed in it.</summary>
    public Task RemoveAsync(LedgerItem item) =>
        PutAsync(item.Id, item, draft => draft.Content = item.Content with { IsRemoved = true });

    /// <summary>Replaces a secret or notes. What is there is opened first, which shows that this user may.</summary>
    public async Task<LedgerItem> SetTextAsync(LedgerItem item, VaultTextKind kind, byte[] content)
    {
        var newest = item.Newest(kind);
        using var before = newest is null ? null : (await OpenAsync(item, newest)).Key;
        return await PutAsync(item.Id, item, draft =>
        {
            draft.Add(item.Content, kind, (newest?.Version ?? 0) + 1, content);
            if (before is not null) draft.Prove(kind, before);
        });
    }

    /// <summary>Opens a secret or notes.</summary>
    /// <param name="item">The item; it is looked up as it is now.</param>
    /// <param name="kind">Which of the two.</param>
    /// <param name="version">The version; 0 for the newest.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the user is in none of its groups;
    /// <see cref="ErrorCode.NotFound"/> when there is no such version; <see cref="ErrorCode.Tampered"/> when it is not
    /// what was signed.</exception>
    public async Task<OpenedText> ReadAsync(LedgerItem item, VaultTextKind kind, long version = 0)
    {
        item = await GetAsync(item.Id);
        var text = version == 0
            ? item.Newest(kind)
            : item.Texts.FirstOrDefault(text => text.Kind == kind && text.Version == version);
        if (text is null)
            throw new SecureUserDataException(
                ErrorCode.NotFound, "There is no such version of it, or not any more: list its versions.");
        var (key, ciphertext) = await OpenAsync(item, text);
        using (key)
        {
            var content = key.Decrypt(ciphertext, NewText.Binding(_trust.Vault, item.Id, kind, text.Version));
            return new OpenedText(text.Version, text.At, text.By, content);
        }
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

    /// <summary>Lets another group read what is sealed in an item, with its history.</summary>
    public async Task<LedgerItem> AddToGroupAsync(LedgerItem item, VaultGroupId group)
    {
        var keys = new List<(LedgerText Text, TextKey Key)>();
        try
        {
            foreach (var text in item.Texts) keys.Add((text, (await OpenAsync(item, text)).Key));
            return await PutAsync(item.Id, item, draft =>
            {
                draft.Content = item.Content.In(item.Content.Groups.Add(group));
                foreach (var (text, key) in keys)
                {
                    draft.Seal(group, text.Kind, text.Version, key);
                    if (text == item.Newest(text.Kind)) draft.Prove(text.Kind, key);
                }
            });
        }
        finally
        {
            foreach (var (_, key) in keys) key.Dispose();
        }
    }

    /// <summary>Takes an item out of a group.</summary>
    public Task<LedgerItem> RemoveFromGroupAsync(LedgerItem item, VaultGroupId group) => PutAsync(
        item.Id, item, draft => draft.Content = item.Content.In(item.Content.Groups.Remove(group)));

    /// <summary>Seals what is in a group to the group's newest key, where it is still sealed to an older one. It goes
    /// on where it was stopped.</summary>
    /// <param name="group">The group.</param>
    /// <param name="progress">Told how many items are done, of how many.</param>
    /// <param name="cancellation">Stops it between two items.</param>
    /// <returns>The items that were sealed anew.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/>, when all others are sealed anew, for
    /// those in which something is sealed to the group that does not open.</exception>
    public async Task<IReadOnlyList<LedgerItem>> ResealAsync(
        VaultGroupId group,
        IProgress<(int Done, int Of)>? progress = null,
        CancellationToken cancellation = default)
    {
        await RefreshAsync();
        var stale = await ListStaleAsync(group);
        using var senders = new GroupSenders();
        var fetched = new Queue<Task<IReadOnlyList<Signed>>>(); // what comes next is fetched meanwhile
        var sent = new Queue<Task>();                           // and what is done is stored
        var junk = new List<VaultItemId>();
        var (at, done) = (0, 0);
        try
        {
            foreach (var item in stale)
            {
                for (; at < stale.Count && fetched.Count < Ahead; at++) fetched.Enqueue(FetchAsync(stale[at].Id));
                var draft = new ItemDraft(this, item.Id, senders);
                var seals = await fetched.Dequeue();
                try
                {
                    await SealAnewAsync(draft, item, group, seals);
                }
                catch (SecureUserDataException e) when (e.Code == ErrorCode.Tampered)
                {
                    junk.Add(item.Id); // one member's junk keeps nothing else from being sealed
                    draft.Seals.Clear();
                }
                if (sent.Count == Ahead) await StoredAsync();
                cancellation.ThrowIfCancellationRequested();
                sent.Enqueue(draft.Seals.Count == 0 ? Task.CompletedTask : ItemAsync(
                    item.Id, there => there.PutAsync(new VaultItemChange { Seals = draft.Seals })));
            }
            while (sent.Count > 0) await StoredAsync();
            return junk.Count == 0 ? stale : throw Junk(group, junk);
        }
        finally
        {
            await Task.WhenAll([.. fetched, .. sent]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Task<IReadOnlyList<Signed>> FetchAsync(VaultItemId id) => ItemAsync(id, there => there.GetSealsAsync(group));

        async Task StoredAsync()
        {
            await sent.Dequeue();
            progress?.Report((++done, stale.Count));
        }
    }

    /// <summary>One that is not in the group would be sealed to it, if it were taken. It is passed over: a server also
    /// lists what was announced and never came to be.</summary>
    private async Task<IReadOnlyList<LedgerItem>> ListStaleAsync(VaultGroupId group)
    {
        var items = new List<LedgerItem>();
        var listed = new HashSet<VaultItemId>();
        string? cursor = null;
        do
        {
            var at = cursor;
            var page = await _connection.VaultAsync(
                vault => vault.ListStaleAsync(group, at, Limits.PageItems), page =>
                    page.Items is not null && (page.Next is null || page.Items.Count > 0));
            var known = page.Items.Where(Ledger.Items.ContainsKey).Where(listed.Add).Select(id => Ledger.Items[id])
                .ToList();
            if (known.Count == 0 && page.Next is not null) // or it might never end
                throw SecureUserDataException.Tampered("the list of what is sealed to older keys");
            items.AddRange(known.Where(item => item.Content.Groups.Contains(group)));
            cursor = page.Next;
        }
        while (cursor is not null);
        return items;
    }

    private async Task SealAnewAsync(
        ItemDraft draft, LedgerItem item, VaultGroupId group, IReadOnlyList<Signed> seals)
    {
        if (seals is null) throw SecureUserDataException.Tampered($"{item.Id}");
        foreach (var signed in seals)
        {
            var seal = Read(signed, item);
            if (seal.Group != group) throw SecureUserDataException.Tampered($"{item.Id}");
            var text = item.Texts.FirstOrDefault(
                text => (SealPurpose)text.Kind == seal.Purpose && text.Version == seal.Version);
            if (text is null || seal.KeyVersion >= Ledger.Group(group).KeyVersion) continue;
            // That it opens to the key of what was signed says more than who has sealed it.
            var old = await _groupKeys.FindAsync(group, seal.KeyVersion) ?? throw GroupKeyRing.Missing();
            using var key = Open(seal, old, text) ?? throw Junk(item, seal);
            draft.Seal(group, text.Kind, text.Version, key);
        }
    }

    /// <summary>Signs a change of an item and has it taken.</summary>
    /// <param name="id">The item.</param>
    /// <param name="seen">What the caller has seen of it; null for a new one.</param>
    /// <param name="write">Writes the change; again when another act was faster.</param>
    private async Task<LedgerItem> PutAsync(VaultItemId id, LedgerItem? seen, Action<ItemDraft> write)
    {
        if (Ledger.Items.GetValueOrDefault(id)?.Sequence != seen?.Sequence) await RefreshAsync();
        ItemDraft? draft = null;
        using var senders = new GroupSenders();
        await ActAsync(
            () =>
            {
                if (Ledger.Items.GetValueOrDefault(id)?.Sequence != seen?.Sequence)
                    throw SecureUserDataException.Conflict(
                        "Somebody else has changed this item meanwhile: look again.");
                write(draft = new ItemDraft(this, id, senders));
                return draft.ToAct();
            },
            signed => ItemAsync(id, item => item.PutAsync(new VaultItemChange
            {
                Act = signed, Texts = draft!.Texts, Seals = draft.Seals,
            })));
        return Ledger.Items[id];
    }

    private LedgerItem Item(VaultItemId id) => Ledger.Items.GetValueOrDefault(id) is { Content.IsRemoved: false } item
        ? item
        : throw SecureUserDataException.NotFound("customer, machine or service");

    private List<LedgerItem> List(Func<LedgerItem, bool> isListed) =>
    [
        .. Ledger.Items.Values.Where(item => !item.Content.IsRemoved && isListed(item))
            .OrderBy(item => $"{item.Id}", StringComparer.Ordinal),
    ];

    private Task<T> ItemAsync<T>(VaultItemId id, Func<IVaultItem, Task<T>> call) =>
        _connection.CallAsync(session => call(session.Get(id)));
}
