namespace SecureUserData.Vault;
internal static class VaultName { internal static string Check(string name) => name; }
internal static class NameSkeleton { internal static string Of(string name) => name.ToLowerInvariant(); }
