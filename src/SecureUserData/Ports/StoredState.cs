namespace SecureUserData.Ports;

/// <summary>The one form in which an engine stores an entity's state. The body is an envelope that binds the entity's
/// id, the version, the owner and the tags, so that none of them can be changed in the database unnoticed.</summary>
/// <param name="Version">1 for the first save, and one more with every save.</param>
/// <param name="Owner">Whose key sealed the body: an application's id, or <c>master</c>.</param>
/// <param name="Tags">Opaque strings that the state can be found by.</param>
/// <param name="Body">The sealed state; see <c>docs/envelope.md</c>.</param>
public sealed record StoredState(long Version, string Owner, IReadOnlyList<string> Tags, byte[] Body);
