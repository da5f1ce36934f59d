using System.Security.Cryptography;
using System.Text.Json;
using SecureUserData.Access;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Applications;

/// <summary>What an engine does before there are entities: sets an installation up, or opens it with the right master
/// key and no other.</summary>
public static class InstallationSetup
{
    /// <summary>So many are named that need a key which has left the ring.</summary>
    private const int MaxNamed = 10;

    private static readonly string Name = new InstallationId().ToString();

    /// <summary>Sets up a new installation.</summary>
    /// <param name="slot">The slot of the installation's state.</param>
    /// <param name="masters">The master key ring.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The first operator's credential, shown only here.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when there is one
    /// already.</exception>
    public static async Task<Credential> CreateAsync(IStateSlot slot, IMasterKeyRing masters, TimeProvider time)
    {
        BlindIndex.CheckNormalisation();
        if (await slot.LoadAsync() is not null)
            throw SecureUserDataException.Conflict("There is an installation here already: open it instead.");
        var state = new InstallationState
        {
            CredentialKey = RandomNumberGenerator.GetBytes(SecretKey.Length),
            BatchKey = RandomNumberGenerator.GetBytes(SecretKey.Length),
            LogKey = RandomNumberGenerator.GetBytes(SecretKey.Length),
            CreatedAt = time.GetUtcNow(),
            Operators = [],
            Applications = [],
        };
        using var keys = new InstallationKeys(state);
        var id = OperatorId.New();
        var (credential, verifier) = CredentialText.Mint(CallerKind.Operator, id.ToString(), keys);
        state = state with { Operators = [new OperatorState(id, verifier)] };
        var plaintext = JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.InstallationState);
        state.Zero();
        await slot.SaveAsync(StateSeal.Of(masters).Seal(Name, 1, CheckTags(masters), plaintext));
        return credential;
    }

    /// <summary>Opens an installation; nothing is written.</summary>
    /// <param name="slots">Gives the slot of an entity's state.</param>
    /// <param name="masters">The master key ring.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is none;
    /// <see cref="ErrorCode.Unavailable"/> when the ring is not this installation's, or lacks a key that something
    /// needs.</exception>
    public static async Task<InstallationKeys> OpenAsync(Func<string, IStateSlot> slots, IMasterKeyRing masters)
    {
        BlindIndex.CheckNormalisation();
        var stored = await slots(Name).LoadAsync() ?? throw new SecureUserDataException(
            ErrorCode.NotFound, "There is no installation here: set one up first.");
        CheckRing(stored, masters);
        var lacks = Lacks(stored, masters);
        if (lacks) DemandInRing(Envelope.KeyVersion(stored.Body), masters, "the installation itself");
        var plaintext = StateSeal.Of(masters).Open(Name, stored);
        try
        {
            var state = JsonSerializer.Deserialize(plaintext, StateJson.Default.InstallationState)!;
            if (lacks) await DemandAllInRingAsync(slots, state, masters);
            var keys = new InstallationKeys(state);
            state.Zero();
            return keys;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>The check values of the ring, as tags of the installation's state: <c>check/{ version }/{ value }</c>.
    /// </summary>
    internal static IReadOnlyList<string> CheckTags(IMasterKeyRing masters) =>
        [.. masters.Versions.Select(version => $"check/{version}/{masters.CheckValue(version)}")];

    /// <summary>Whether a key that was in the ring when the installation was last stored has left it.</summary>
    private static bool Lacks(StoredState stored, IMasterKeyRing masters) => stored.Tags.Any(tag =>
        tag.StartsWith("check/", StringComparison.Ordinal)
        && !masters.Versions.Any(version => tag.StartsWith($"check/{version}/", StringComparison.Ordinal)));

    /// <summary>Looks at the header of everything that is sealed under the master key.</summary>
    private static async Task DemandAllInRingAsync(
        Func<string, IStateSlot> slots, InstallationState state, IMasterKeyRing masters)
    {
        string[] names = [.. state.Applications.Select(app => app.ToString()), new MasterRotationId().ToString()];
        var needed = new SortedDictionary<int, List<string>>();
        foreach (var name in names)
            if (await slots(name).LoadAsync() is { } found && Envelope.KeyVersion(found.Body) is var version
                && !masters.Versions.Contains(version))
            {
                if (!needed.TryGetValue(version, out var list)) needed[version] = list = [];
                list.Add(name);
            }
        foreach (var (version, list) in needed)
        {
            var more = list.Count > MaxNamed ? $" and {list.Count - MaxNamed} more" : "";
            DemandInRing(version, masters, string.Join(", ", list.Take(MaxNamed)) + more);
        }
    }

    private static void DemandInRing(int version, IMasterKeyRing masters, string what)
    {
        if (!masters.Versions.Contains(version))
            throw SecureUserDataException.Unavailable(
                $"The master key ring lacks version {version}, which is still needed by {what}: put it back into the "
                + "ring, and take it out when a rotation of the master key has ended. Nothing was touched.");
    }

    private static void CheckRing(StoredState stored, IMasterKeyRing masters)
    {
        var known = stored.Tags.Where(tag => tag.StartsWith("check/", StringComparison.Ordinal)).ToList();
        foreach (var version in masters.Versions)
            if (known.Any(tag => tag.StartsWith($"check/{version}/", StringComparison.Ordinal))
                && !known.Contains($"check/{version}/{masters.CheckValue(version)}"))
                throw SecureUserDataException.Unavailable(
                    $"This is the wrong master key: version {version} is not the key that this data was made with. "
                    + "Nothing was touched. Set SUD_MASTER_KEY or SUD_MASTER_KEY_FILE to the right one.");
        if (!known.Any(tag => masters.Versions.Any(v => tag.StartsWith($"check/{v}/", StringComparison.Ordinal))))
            throw SecureUserDataException.Unavailable(
                "This is the wrong master key ring: it has none of the versions that this data was made with. "
                + "Nothing was touched. Set SUD_MASTER_KEY or SUD_MASTER_KEY_FILE to the right one.");
    }
}
