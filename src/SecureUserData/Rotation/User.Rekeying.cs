using System.Collections.Immutable;
using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Ports;
using SecureUserData.Rotation;

namespace SecureUserData.Users;

// A new key for the user: fields at once, records in slices, so that no other call waits for long.
public partial class User
{
    /// <summary>Records that one slice looks at, that it encrypts again, and their bytes: some milliseconds.</summary>
    private const int SliceLooks = 4_096;
    private const int SliceRecords = 64;
    private const int SliceBytes = 256 * 1024;

    /// <summary>Records between two checkpoints: as many may be looked at again after a crash.</summary>
    private const int CheckpointRecords = 1_024;

    private RecordPlace? _reencrypted; // up to there, in this activation
    private RecordPlace? _scanned; // likewise, for the last look before the older keys are destroyed
    private int _sinceCheckpoint;
    private bool _isMoving; // to a new key

    /// <inheritdoc/>
    public async Task<SweepStep> RewrapAsync()
    {
        if (DemandForSweep() is not { } state) return SweepStep.Nothing;
        using var lease = await RentKeysAsync(state.App);
        UnloadUnlessWanted();
        if (state.WrappedUnder == lease.Keys.Key.CurrentVersion) return SweepStep.Nothing;
        await SaveAsync(Wrapped(state, _keys!, lease.Keys));
        return SweepStep.Moved;
    }

    /// <inheritdoc/>
    public async Task<SweepStep> RekeyAsync(DateTimeOffset since, string by)
    {
        if (DemandForSweep() is not { } state) return SweepStep.Nothing;
        var isNew = state.KeyMadeAt is { } made ? made >= since : state.CreatedAt > since;
        if (!isNew) await MakeKeyAsync(state, by);
        _isMoving |= !isNew;
        if (State!.OlderKeys is { } older && await ReencryptAsync(_reencrypted ?? older.Through) is { } place)
        {
            (_reencrypted, _isMoving) = (place, true);
            return SweepStep.More;
        }
        UnloadUnlessWanted();
        var moved = _isMoving;
        _isMoving = false;
        return moved ? SweepStep.Moved : SweepStep.Nothing;
    }

    /// <inheritdoc/>
    public async Task<SweepStep> DestroyOlderKeysAsync()
    {
        if (DemandForSweep() is not { OlderKeys: not null } state) return SweepStep.Nothing;
        // Another activation may have put a record under the key that it held before this one made the new key.
        if (Now < state.KeyMadeAt + RotationPlan.GracePeriod) return SweepStep.Later;
        if (await ReencryptAsync(_scanned) is { } place)
        {
            _scanned = place;
            return SweepStep.More;
        }
        await UnloadAsync(); // as in ResealAsync
        Context.RequestUnload(); // the keys in memory are zeroed then
        await SaveAsync(State! with { OlderKeys = null });
        return SweepStep.Moved;
    }

    /// <summary>The state of a user who is not erased, if the engine or the user's application goes over its users.
    /// </summary>
    private UserState? DemandForSweep() => DemandForRetention() is { Erased: null } state ? state : null;

    /// <summary>Whoever goes over everybody does not fill the memory.</summary>
    private void UnloadUnlessWanted()
    {
        if (!_isWanted) Context.RequestUnload();
    }

    private async Task MakeKeyAsync(UserState state, string by)
    {
        var key = SecretKey.Random();
        var version = state.KeyVersion + 1;
        var keys = _keys!.With(version, key);
        var envelope = new Envelope(keys);
        try
        {
            using var lease = await RentKeysAsync(state.App);
            var (fields, uses) = Reencrypted(state.Fields, envelope);
            var older = state.OlderKeys?.Keys ?? [];
            var next = state with
            {
                KeyVersion = version,
                KeyMadeAt = Now,
                KeyUses = uses + KeyUses.Block, // for the records that follow
                OlderKeys = new OlderUserKeys([.. older, new OlderUserKey(state.KeyVersion, [])], Through: null),
                Fields = fields,
            };
            var entry = Entry(Activity.UserKeyRotated, $"user-key/{state.KeyVersion}..{version}") with { Actor = by };
            await SaveChangeAsync(Wrapped(next, keys, lease.Keys), entry);
            _uses = new KeyUses(uses); // what this activation has used of what is reserved
            _uses.Store(next.KeyUses);
        }
        catch
        {
            envelope.Dispose();
            key.Dispose();
            throw;
        }
        _envelope!.Dispose();
        (_keys, _envelope, _reencrypted, _scanned) = (keys, envelope, null, null);
    }

    /// <summary>The state with all keys wrapped under the newest version of the application's.</summary>
    private UserState Wrapped(UserState state, VersionedKeys keys, ApplicationKeys application) => state with
    {
        WrappedKey = UserKey.Wrap(keys.Current, Name, application),
        WrappedUnder = application.Key.CurrentVersion,
        OlderKeys = state.OlderKeys is not { } older ? null : older with
        {
            Keys = [.. older.Keys.Select(key =>
                key with { WrappedKey = UserKey.Wrap(keys.Find(key.Version)!, Name, application) })],
        },
    };

    /// <summary>The fields with all their values under the newest key, and how often it has sealed for them.</summary>
    private (ImmutableArray<StoredField> Fields, int Uses) Reencrypted(
        ImmutableArray<StoredField> fields, Envelope envelope)
    {
        var uses = 0;
        var reencrypted = fields.Select(field => field with
        {
            Envelope = Again(field.Name, field.Envelope),
            Earlier = field.Earlier.IsDefault
                ? default
                : [.. field.Earlier.Select(earlier => earlier with { Envelope = Again(field.Name, earlier.Envelope) })],
        }).ToImmutableArray();
        return (reencrypted, uses);

        byte[] Again(string name, byte[] sealedBefore)
        {
            uses++;
            return Reseal(envelope, Binding.Field(_app, Name, name), sealedBefore);
        }
    }

    /// <summary>Encrypts the next records again that are not under the newest key.</summary>
    /// <param name="after">Where to go on; null to begin.</param>
    /// <returns>Where to go on next; null at the end.</returns>
    private async Task<RecordPlace?> ReencryptAsync(RecordPlace? after)
    {
        var (stale, next) = await Services.Ports.Records.ListStaleAsync(
            _id,
            State!.KeyVersion,
            after is null ? null : new RecordKey(_id, after.Collection, after.Id),
            SliceLooks,
            SliceRecords,
            SliceBytes);
        if (stale.Count > 0) await ReencryptAsync(stale, after);
        return next is { } place ? new RecordPlace(place.Collection, place.Id) : null;
    }

    private async Task ReencryptAsync(IReadOnlyList<KeyedRecord> stale, RecordPlace? after)
    {
        var needed = _uses.Needed(stale.Count);
        if (needed > _uses.Reserved || _sinceCheckpoint >= CheckpointRecords)
        {
            await SaveAsync(State! with
            {
                KeyUses = needed, OlderKeys = State.OlderKeys! with { Through = after ?? State.OlderKeys.Through },
            });
            _sinceCheckpoint = 0;
        }
        _uses.Store(needed);
        _uses.Spend(stale.Count);
        await Services.Ports.Records.ReplaceAsync([.. stale.Select(record => new RecordReplacement(
            record.Key,
            record.Envelope,
            Reseal(_envelope!, Binding.Record(_app, Name, record.Key.Collection, record.Key.Id), record.Envelope)))]);
        _envelope!.Rest();
        _sinceCheckpoint += stale.Count;
    }

    private static byte[] Reseal(Envelope envelope, in Binding binding, byte[] before)
    {
        var plaintext = envelope.Open(binding, before).Plaintext;
        try
        {
            return envelope.Seal(binding, plaintext);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }
}
