namespace SecureUserData.Vault;

/// <summary>One version of a secret or of notes, opened.</summary>
/// <param name="Version">Its number.</param>
/// <param name="At">When it was written, by the writer's clock.</param>
/// <param name="By">Who has written it.</param>
/// <param name="Content">The text, in UTF-8.</param>
public sealed record OpenedText(long Version, DateTimeOffset At, VaultUserId By, byte[] Content);
