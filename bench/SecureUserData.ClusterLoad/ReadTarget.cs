namespace SecureUserData.ClusterLoad;

/// <summary>Audited readings of one field.</summary>
internal sealed class ReadTarget(
    string name, ClusterUnderLoad cluster, IReadOnlyList<IConsent> consents) : ITarget
{
    public string Name => name;

    public IReadOnlyList<SiloProcess> Silos => cluster.Silos;

    internal static async Task<ITarget> StartAsync(string name, int silos, SiloKind kind, string mongoDb, int users)
    {
        var cluster = await ClusterUnderLoad.StartAsync(silos, kind, mongoDb);
        var (script, consents) = await cluster.PrepareConsentsAsync(users);
        return new ReadTarget(name, cluster, [.. consents.Select(id => script.Get(id))]);
    }

    public async Task CallAsync(int user)
    {
        var reading = await consents[user].ReadAsync(People.Selection);
        if (reading.Fields.Count != 1) throw new InvalidOperationException("A reading is incomplete.");
    }

    public Task<(long Rows, long Batches)> CountLogAsync() => cluster.CountLogAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();
}
