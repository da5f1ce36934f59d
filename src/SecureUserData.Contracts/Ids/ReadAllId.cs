namespace SecureUserData;

/// <summary>Names the reading of all users who allow it, by one script: <c>read-all/scr_…</c>.</summary>
/// <param name="Script">The script that reads.</param>
public readonly record struct ReadAllId(ScriptId Script) : IEntityId<IReadAll>
{
    /// <inheritdoc/>
    public override string ToString() => $"read-all/{Script}";
}
