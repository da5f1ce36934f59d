using SecureUserData.Applications;

namespace SecureUserData.Rotation;

/// <summary>The steps that a rotation consists of.</summary>
public enum RotationStep
{
    /// <summary>Makes the new version, which opens and encrypts nothing yet.</summary>
    Make,

    /// <summary>Lets the new version encrypt.</summary>
    Use,

    /// <summary>Moves everybody.</summary>
    Move,

    /// <summary>Waits for the grace period.</summary>
    Wait,

    /// <summary>Moves whoever has been left, until nobody is.</summary>
    Scan,

    /// <summary>Lets look-ups go by the new version.</summary>
    Switch,

    /// <summary>Destroys the old versions.</summary>
    Destroy,

    /// <summary>Removes what the old versions have left.</summary>
    Clean,
}

/// <summary>What is done in which order, for each kind of key; <c>docs/rotation.md</c> says why.</summary>
internal static class RotationPlan
{
    /// <summary>How long what was read before may still be worked with: longer than the keyring keeps keys and any call
    /// takes. Nothing is destroyed before.</summary>
    internal static readonly TimeSpan GracePeriod = TimeSpan.FromMinutes(10);

    internal static IReadOnlyList<RotationStep> Of(KeyKind key) => key switch
    {
        KeyKind.Application or KeyKind.State =>
        [
            RotationStep.Make, RotationStep.Use, RotationStep.Move, RotationStep.Wait, RotationStep.Scan,
            RotationStep.Destroy,
        ],
        KeyKind.User => [RotationStep.Use, RotationStep.Move, RotationStep.Wait, RotationStep.Scan],
        KeyKind.Index =>
        [
            RotationStep.Make, RotationStep.Use,
            RotationStep.Move, RotationStep.Wait, RotationStep.Scan, // everybody has both tags
            RotationStep.Switch, RotationStep.Wait, // nobody looks up by the old ones
            RotationStep.Destroy, RotationStep.Wait, // nobody writes the old ones
            RotationStep.Clean,
        ],
        KeyKind.Log => [RotationStep.Make, RotationStep.Use], // old entries are verified with the old versions
        KeyKind.Master => [RotationStep.Move],
    };

    internal static RotationPhase Phase(RotationStep step) => step switch
    {
        RotationStep.Make or RotationStep.Use => RotationPhase.Starting,
        RotationStep.Move => RotationPhase.Moving,
        RotationStep.Wait => RotationPhase.Waiting,
        RotationStep.Scan => RotationPhase.Scanning,
        RotationStep.Switch or RotationStep.Destroy or RotationStep.Clean => RotationPhase.Destroying,
    };

    /// <summary>The purpose of an application's key; null for the users' keys, which the application does not
    /// have.</summary>
    internal static string? Purpose(KeyKind key) => key switch
    {
        KeyKind.Application => WrappedKeys.Application,
        KeyKind.Index => WrappedKeys.Index,
        KeyKind.Log => WrappedKeys.Log,
        KeyKind.State => WrappedKeys.State,
        KeyKind.User or KeyKind.Master => null,
    };

    /// <summary>A run in names, for the log.</summary>
    internal static string Describe(RotationRun run) => run.Key switch
    {
        KeyKind.User => "user-keys",
        KeyKind.Master => $"master-key/{run.From}..{run.To}",
        _ => $"{Purpose(run.Key)}-key/{run.From}..{run.To}",
    };
}
