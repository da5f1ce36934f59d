using System.Globalization;
using SecureUserData.Entities;

namespace SecureUserData.Rotation;

/// <summary>One of the parts that a sweep is divided into, so that it spreads over all processes. It keeps nothing: the
/// rotation keeps how far it is. Nobody but a rotation calls it.</summary>
public interface ISweepPartition : IEntity;

/// <summary>Names a part of the sweep over an application's users: <c>sweep/app_…/{ number }</c>.</summary>
/// <param name="App">The application.</param>
/// <param name="Number">Its number, from 0.</param>
public readonly record struct SweepPartitionId(AppId App, int Number) : IEntityId<ISweepPartition>
{
    /// <summary>Reads the text of an id; false when it is not one.</summary>
    public static bool TryParse(string? text, out SweepPartitionId id)
    {
        id = default;
        if (text?.Split('/') is not ["sweep", var app, var number]
            || !AppId.TryParse(app, out var parsed)
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var part))
            return false;
        id = new SweepPartitionId(parsed, part);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"sweep/{App}/{Number}");
}

/// <summary>What a rotation asks of a part.</summary>
public interface ISweep : IEntityInternals
{
    /// <summary>Works for about a second.</summary>
    Task<SweepSlice> SweepAsync(RotationRun run, RotationStep step, SweepRange range);
}

/// <summary>What a part has done in a slice.</summary>
/// <param name="Range">What is left.</param>
/// <param name="Looked">Users looked at.</param>
/// <param name="Moved">Users moved.</param>
/// <param name="Later">Users who cannot be moved yet.</param>
/// <param name="Failed">Users who could not be moved.</param>
public sealed record SweepSlice(SweepRange Range, long Looked = 0, long Moved = 0, long Later = 0, long Failed = 0)
{
    /// <summary>As many of those who failed are named.</summary>
    internal const int FailuresNamed = 10;

    /// <summary>Some of those who could not be moved, by id.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];
}
