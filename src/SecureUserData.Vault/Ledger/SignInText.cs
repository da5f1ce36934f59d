namespace SecureUserData.Vault.Ledger;

/// <summary>What a sign-in's signature is over. Nothing else that anybody signs begins like it.</summary>
public static class SignInText
{
    private const string Context = "SecureUserData vault sign-in v1";

    /// <summary>The bytes that are signed.</summary>
    public static byte[] Of(VaultSignIn signIn) => new FieldWriter().Text(Context).Text($"{signIn.Vault}")
        .Text($"{signIn.User}").Bytes(signIn.ClientNonce).Bytes(signIn.ServerNonce).ToArray();
}
