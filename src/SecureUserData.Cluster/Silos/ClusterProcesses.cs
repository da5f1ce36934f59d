using SecureUserData.Ports;

namespace SecureUserData.Cluster.Silos;

/// <summary>All silos of the cluster. One that cannot be asked and is not declared dead yet makes it fail, and whoever
/// asks tries again later; one that is dead takes its keys with it.</summary>
internal sealed class ClusterProcesses(SiloEndpoints endpoints) : IProcesses
{
    public int Count => Math.Max(endpoints.Silos().Count, 1);

    public async Task ForgetKeysAsync(AppId app) => await AskAllAsync(async silo =>
    {
        await silo.ForgetKeysAsync(app);
        return true;
    });

    public async Task<bool> AllHaveMasterKeyAsync(int version, string checkValue) =>
        (await AskAllAsync(silo => silo.HasMasterKeyAsync(version, checkValue))).All(has => has);

    private async Task<IReadOnlyList<T>> AskAllAsync<T>(Func<ISiloEndpoint, Task<T>> ask)
    {
        try
        {
            var silos = await endpoints.RefreshedAsync();
            return await Task.WhenAll(silos.Select(silo => ask(endpoints.Get(silo))));
        }
        catch (Exception exception) when (exception is not SecureUserDataException)
        {
            throw SecureUserDataException.Unavailable(
                "A silo of the cluster could not be asked: it goes on when all answer or the silent one is given up.",
                exception);
        }
    }
}
