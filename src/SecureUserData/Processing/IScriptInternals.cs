using SecureUserData.Entities;

namespace SecureUserData.Processing;

/// <summary>What other entities ask of a script.</summary>
public interface IScriptInternals : IEntityInternals
{
    /// <summary>The version in force, and since which version the script has only narrowed.</summary>
    Task<ScriptInForce> DescribeAsync();
}

/// <summary>The version in force.</summary>
/// <param name="View">What it says.</param>
/// <param name="NarrowsSince">Decisions over this version and later ones still hold.</param>
public sealed record ScriptInForce(ScriptView View, int NarrowsSince);
