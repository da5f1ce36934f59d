using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Cryptography;

namespace SecureUserData.Users;

// The identifiable data store: creating the profile, and its fields.
public partial class User
{
    /// <inheritdoc/>
    public async Task<CreatedUser> CreateAsync(IReadOnlyDictionary<string, string> fields)
    {
        Caller.Demand(CallerKind.Application);
        if (State is not null)
            throw SecureUserDataException.Conflict("This user id is taken: create under a fresh one.");
        var changes = fields?.ToDictionary(field => field.Key, field => (string?)field.Value, StringComparer.Ordinal);
        FieldPolicy.Check(changes);
        if (changes!.Any(change => change.Value is null))
            throw SecureUserDataException.Invalid("A field has no value: leave it out.");
        var app = Caller.App!.Value;
        using var lease = await RentKeysAsync(app);
        var key = SecretKey.Random();
        Hold(new VersionedKeys(1, key), lease.Keys);
        var (claimCode, verifier) = CredentialText.Mint(CallerKind.User, Name, Services.Installation, claim: true);
        var state = new UserState
        {
            App = app,
            WrappedKey = UserKey.Wrap(key, Name, lease.Keys),
            WrappedUnder = lease.Keys.Key.CurrentVersion,
            KeyVersion = 1,
            KeyUses = 0,
            Fields = [],
            CreatedAt = Now,
            ClaimVerifier = verifier,
        };
        _chain = ChainOf(app);
        try
        {
            await ChangeAsync(state, changes!, Activity.UserCreated, lease.Keys);
        }
        finally
        {
            // Nothing half-made stays active, and a new user is rarely called at once: users come in bulk, and their
            // keys and profiles would fill the memory.
            Context.RequestUnload();
        }
        return new CreatedUser(_id, claimCode);
    }

    /// <inheritdoc/>
    public async Task<UserProfile> GetAsync()
    {
        var state = Demand(CallerKind.User);
        await AppendAsync(Entry(Activity.OwnDataRead, "field/*"));
        return Profile(state);
    }

    /// <inheritdoc/>
    public async Task SetFieldsAsync(IReadOnlyDictionary<string, string?> changes)
    {
        var state = Demand(CallerKind.User, CallerKind.Application);
        changes = changes?.ToDictionary(change => change.Key, change => change.Value, StringComparer.Ordinal)!;
        FieldPolicy.Check(changes);
        using var lease = await RentKeysAsync(state.App);
        await ChangeAsync(state, changes, Activity.FieldsSet, lease.Keys);
    }

    private UserProfile Profile(UserState state) =>
        new(_id, state.App, Decrypt(state.Fields), state.CreatedAt, state.ClaimedAt, state.Paused);

    /// <summary>Claims unique values, puts the change on record and stores it, and gives up the values it
    /// replaced.</summary>
    private async Task ChangeAsync(
        UserState state, IReadOnlyDictionary<string, string?> changes, Activity activity, ApplicationKeys keys)
    {
        var needed = _uses.Needed(changes.Count, block: 0);
        var fields = Apply(state, changes, keys);
        FieldPolicy.CheckProfile(fields);
        var claimed = await ClaimUniqueAsync(state.Fields, fields);
        try
        {
            var entry = Entry(activity, [.. changes.Keys.Select(name => $"field/{name}")]);
            await SaveChangeAsync(state with { Fields = fields, KeyUses = needed }, entry);
            _uses.Store(needed);
            _uses.Spend(changes.Count);
        }
        catch
        {
            await ReleaseUniqueAsync(claimed);
            throw;
        }
        await ReleaseUniqueAsync(UniqueKeys(state.Fields).Except(UniqueKeys(fields)));
    }

    private ImmutableArray<StoredField> Apply(
        UserState state, IReadOnlyDictionary<string, string?> changes, ApplicationKeys keys)
    {
        var fields = state.Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        var now = Now.ToUnixTimeMilliseconds();
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                fields.Remove(name); // and its history: who removes a value wants it gone
                continue;
            }
            var bytes = Encoding.UTF8.GetBytes(value);
            var earlier = !fields.TryGetValue(name, out var before) ? default
                : Holds(before, bytes) ? before.Earlier
                : FieldHistory.Replace(before, state.SetAt(before), now, keys.Settings.VersionsKept());
            fields[name] = new StoredField(
                name,
                _envelope!.Seal(Binding.Field(_app, Name, name), bytes),
                keys.Settings.IsIndexed(name) ? keys.IndexTag(name, value) : null,
                keys.Settings.IsUnique(name))
            {
                OlderIndexTag = keys.Settings.IsIndexed(name) ? keys.OlderIndexTag(name, value) : null,
                SetAt = now,
                Earlier = earlier,
            };
            CryptographicOperations.ZeroMemory(bytes);
        }
        _envelope!.Rest();
        return FieldHistory.Bound([.. fields.Values.OrderBy(field => field.Name, StringComparer.Ordinal)]);
    }

    private async Task<IReadOnlyList<string>> ClaimUniqueAsync(
        ImmutableArray<StoredField> before, ImmutableArray<StoredField> after)
    {
        var claimed = new List<string>();
        var held = UniqueKeys(before).ToHashSet();
        foreach (var field in after.Where(field => field.IsUnique))
            foreach (var key in field.IndexTags.Where(key => !held.Contains(key)))
            {
                if (await Services.Ports.UniqueKeys.ClaimAsync(key, Name))
                {
                    claimed.Add(key);
                    continue;
                }
                await ReleaseUniqueAsync(claimed);
                throw SecureUserDataException.Conflict(
                    $"Another user already has this value of '{field.Name}': it is unique.");
            }
        return claimed;
    }

    private async Task ReleaseUniqueAsync(IEnumerable<string> keys)
    {
        foreach (var key in keys) await Services.Ports.UniqueKeys.ReleaseAsync(key, Name);
    }

    private static IEnumerable<string> UniqueKeys(ImmutableArray<StoredField> fields) =>
        fields.Where(field => field.IsUnique).SelectMany(field => field.IndexTags);

    /// <summary>The values of fields: of those named, or of all.</summary>
    private Dictionary<string, string> Decrypt(ImmutableArray<StoredField> fields, IReadOnlyList<string>? names = null)
    {
        var values = new Dictionary<string, string>(names?.Count ?? fields.Length, StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (names is not null && !names.Contains(field.Name)) continue;
            var plaintext = _envelope!.Open(Binding.Field(_app, Name, field.Name), field.Envelope).Plaintext;
            values[field.Name] = Encoding.UTF8.GetString(plaintext);
            CryptographicOperations.ZeroMemory(plaintext);
        }
        _envelope!.Rest();
        return values;
    }
}
