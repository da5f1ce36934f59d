using SecureUserData.Entities;

namespace SecureUserData.Applications;

/// <summary>What other entities ask of an application.</summary>
public interface IApplicationInternals : IEntityInternals
{
    /// <summary>Makes the application's keys and credential.</summary>
    /// <param name="settings">What it declares.</param>
    /// <param name="masterVersion">The version of the master key to wrap and seal under.</param>
    Task<Credential> InitializeAsync(ApplicationSettings settings, int masterVersion);

    /// <summary>The keys as they are stored; the keyring unwraps them.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/>.</exception>
    Task<WrappedKeys> GetWrappedKeysAsync();

    /// <summary>Puts a script's version on record, and the script into the list that users see.</summary>
    Task AnnounceScriptAsync(ScriptId script, int version);

    /// <summary>Puts it on record when the last announced version of a script was not applied.</summary>
    Task ConfirmScriptAsync(ScriptId script, int version);

    /// <summary>A page of the application's scripts.</summary>
    Task<Page<ScriptId>> ListScriptIdsAsync(string? cursor, int limit);
}
