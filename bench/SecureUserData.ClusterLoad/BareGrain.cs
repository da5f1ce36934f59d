namespace SecureUserData.ClusterLoad;

/// <summary>The limit: a grain that answers what a reading would, and does nothing.</summary>
public interface IBareGrain : IGrainWithStringKey
{
    /// <summary>Answers.</summary>
    Task<BareReading> ReadAsync(BareSelection selection);
}

/// <summary>What <see cref="Selection"/> carries, in the runtime's own serialization.</summary>
[GenerateSerializer]
public sealed record BareSelection(
    [property: Id(0)] List<string> Fields,
    [property: Id(1)] string? Collection,
    [property: Id(2)] string? Cursor,
    [property: Id(3)] int Limit);

/// <summary>What <see cref="Reading"/> carries.</summary>
[GenerateSerializer]
public sealed record BareReading([property: Id(0)] Dictionary<string, string> Fields);

/// <inheritdoc/>
public sealed class BareGrain : Grain, IBareGrain
{
    /// <inheritdoc/>
    public Task<BareReading> ReadAsync(BareSelection selection) =>
        Task.FromResult(new BareReading(selection.Fields.ToDictionary(field => field, _ => People.Email)));
}
