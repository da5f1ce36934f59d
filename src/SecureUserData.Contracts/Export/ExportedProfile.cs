namespace SecureUserData;

/// <summary>The first part of an export.</summary>
/// <param name="At">When it began.</param>
/// <param name="Profile">The profile.</param>
/// <param name="History">The earlier values of its fields, field by field, the newest first.</param>
public sealed record ExportedProfile(DateTimeOffset At, UserProfile Profile, IReadOnlyList<FieldVersion> History);

/// <summary>An entry of the access log as it is stored, so that whoever has the log key can check the chain.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Body">The bytes that its MAC is over (<c>docs/access-log.md</c>).</param>
/// <param name="Mac">HMAC-SHA-256 over the MAC before, the chain, the number and the body.</param>
public sealed record ChainedLogEntry(AccessLogEntry Entry, byte[] Body, byte[] Mac);
