using System.Security.Cryptography;
using System.Text.Json;
using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Entities;

namespace SecureUserData.Backups;

/// <summary>The way to applications' keys as they are stored, for what reads a database and writes nothing: an entity
/// that is activated may have something to repair.</summary>
internal sealed class StoredApplications(DomainServices services) : IEntityContext
{
    public Caller Caller => Caller.System;

    /// <summary>What is stored of an application.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/>; <see cref="ErrorCode.Tampered"/>.
    /// </exception>
    internal async Task<ApplicationState> StateAsync(AppId app)
    {
        var name = app.ToString();
        var stored = await services.Ports.Slot(name).LoadAsync()
            ?? throw SecureUserDataException.NotFound("application");
        var plaintext = StateSeal.Of(services.Masters).Open(name, stored);
        try
        {
            return JsonSerializer.Deserialize(plaintext, StateJson.Default.ApplicationState)!;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    public TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity => throw Unreachable();

    public TInternals Internal<TInternals>(IEntityId id) where TInternals : class, IEntityInternals =>
        id is AppId app && new StoredApplication(this, app) is TInternals application
            ? application
            : throw Unreachable();

    public void RequestUnload()
    {
    }

    public Task StepBackAsync() => Task.CompletedTask;

    private static InvalidOperationException Unreachable() => new("Here no entity but an application is asked.");

    private sealed class StoredApplication(StoredApplications applications, AppId app) : IApplicationInternals
    {
        public async Task<WrappedKeys> GetWrappedKeysAsync() => (await applications.StateAsync(app)).Keys;

        public Task<Credential> InitializeAsync(ApplicationSettings settings, int masterVersion) =>
            throw Unreachable();

        public Task AnnounceScriptAsync(ScriptId script, int version) => throw Unreachable();

        public Task ConfirmScriptAsync(ScriptId script, int version) => throw Unreachable();

        public Task<Page<ScriptId>> ListScriptIdsAsync(string? cursor, int limit) => throw Unreachable();
    }
}
