namespace SecureUserData;

/// <summary>A secret that names its owner: <c>sud_usr_&lt;id&gt;_&lt;secret&gt;&lt;check&gt;</c>, with <c>app</c>,
/// <c>usr</c>, <c>scr</c>, <c>op</c>, or <c>claim</c> for a one-time claim code. It is shown once, when it is
/// made.</summary>
/// <param name="text">The whole text.</param>
public sealed class Credential(string text)
{
    /// <summary>The secret text, for handing it to its owner. Never log it.</summary>
    public string Reveal() => text;

    /// <summary>Says what it is and hides the secret.</summary>
    public override string ToString() => "(credential, hidden)";
}
