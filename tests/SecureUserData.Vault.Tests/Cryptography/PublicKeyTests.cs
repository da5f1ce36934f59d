namespace SecureUserData.Vault.Tests.Cryptography;

/// <summary>Points that are none must not come near a private key.</summary>
public sealed class PublicKeyTests
{
    private const string Prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    private const string Order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

    // SP 800-186 §3.2.1.3
    private const string BaseX = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    private const string BaseY = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    // x = 5, which is below 2²⁵⁶ − p, so that x + p has 32 bytes too
    private const string SmallX = "0000000000000000000000000000000000000000000000000000000000000005";
    private const string SmallXY = "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc";
    private const string SmallXPlusPrime = "ffffffff00000001000000000000000000000001000000000000000000000004";

    public static TheoryData<string, string> Invalid => new()
    {
        { "nothing", "" },
        { "infinity in its own form", "00" },
        { "the origin", $"04{new string('0', 128)}" },
        { "a byte too short", $"04{BaseX}{BaseY[..62]}" },
        { "a byte too long", $"04{BaseX}{BaseY}00" },
        { "compressed", $"03{BaseX}" },
        { "hybrid", $"07{BaseX}{BaseY}" },
        { "65 bytes of another form", $"00{BaseX}{BaseY}" },
        { "off the curve", $"04{BaseX}{BaseY[..63]}4" },
        { "coordinates swapped", $"04{BaseY}{BaseX}" },
        { "x as large as the prime", $"04{Prime}{BaseY}" },
        { "y as large as the prime", $"04{BaseX}{Prime}" },
        { "x of a point plus the prime", $"04{SmallXPlusPrime}{SmallXY}" },
        { "all ones", $"04{new string('f', 128)}" },
    };

    [Theory]
    [InlineData(BaseX, BaseY)]
    [InlineData(SmallX, SmallXY)]
    public void A_point_on_the_curve_is_taken(string x, string y)
    {
        var point = Convert.FromHexString($"04{x}{y}");
        using var sealing = SealingPublicKey.From(point);
        using var verifying = VerifyingKey.From(point);
        Assert.Equal(point, sealing.Bytes.ToArray());
        Assert.NotEmpty(Hpke.Seal(point, [], [], []));
    }

    [Theory, MemberData(nameof(Invalid))]
    public void A_point_that_is_none_is_refused(string what, string hex)
    {
        var point = Convert.FromHexString(hex);
        Assert.NotEmpty(what);
        AssertInvalid(() => SealingPublicKey.From(point).Dispose());
        AssertInvalid(() => VerifyingKey.From(point).Dispose());
        AssertInvalid(() => Hpke.Seal(point, [], [], []));
    }

    [Theory, MemberData(nameof(Invalid))]
    public void A_seal_with_a_point_that_is_none_does_not_open(string what, string hex)
    {
        using var key = SealingKey.Generate();
        byte[] seal = [.. Convert.FromHexString(hex), .. new byte[Hpke.Overhead]];
        Assert.NotEmpty(what);
        Assert.Equal(
            ErrorCode.Tampered,
            Assert.Throws<SecureUserDataException>(() => Hpke.Open(key, [], [], seal)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(Order)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000001")]
    public void A_private_key_outside_the_order_is_refused(string scalar) =>
        AssertInvalid(() => SealingKey.From(Convert.FromHexString(scalar)).Dispose());

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", BaseX)]
    [InlineData("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", BaseX)]
    public void The_first_and_the_last_private_key_are_taken(string scalar, string x)
    {
        using var key = SealingKey.From(Convert.FromHexString(scalar));
        Assert.Equal(x, Convert.ToHexStringLower(key.PublicKey[1..33]));
        var exported = new byte[SealingKey.ScalarLength];
        key.ExportScalar(exported);
        Assert.Equal(scalar, Convert.ToHexStringLower(exported));
    }

    private static void AssertInvalid(Action action) =>
        Assert.Equal(ErrorCode.Invalid, Assert.Throws<SecureUserDataException>(action).Code);
}
