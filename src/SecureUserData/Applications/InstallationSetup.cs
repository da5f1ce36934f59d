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
    /// <param name="slot">The slot of the installation's state.</param>
    /// <param name="masters">The master key ring.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is none;
    /// <see cref="ErrorCode.Unavailable"/> when the ring is not this installation's.</exception>
    public static async Task<InstallationKeys> OpenAsync(IStateSlot slot, IMasterKeyRing masters)
    {
        BlindIndex.CheckNormalisation();
        var stored = await slot.LoadAsync() ?? throw new SecureUserDataException(
            ErrorCode.NotFound, "There is no installation here: set one up first.");
        CheckRing(stored, masters);
        var plaintext = StateSeal.Of(masters).Open(Name, stored);
        try
        {
            var state = JsonSerializer.Deserialize(plaintext, StateJson.Default.InstallationState)!;
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
