namespace SecureUserData.ClusterLoad;

/// <summary>What callers call.</summary>
internal interface ITarget : IAsyncDisposable
{
    string Name { get; }

    IReadOnlyList<SiloProcess> Silos { get; }

    /// <summary>One call.</summary>
    /// <param name="user">Whom it is about.</param>
    Task CallAsync(int user);

    /// <summary>Rows and batches of the log in the database; zero where there is none.</summary>
    Task<(long Rows, long Batches)> CountLogAsync();
}
