using FsCheck;
using FsCheck.Fluent;
using SecureUserData.Faults.Tests.Model;

namespace SecureUserData.Faults.Tests.Properties;

/// <summary>Properties are tried on samples that a seed makes; what fails is told as small as it was found to be.
/// </summary>
internal static class Sampled
{
    private const ulong Gamma = 0x9e3779b97f4a7c15; // odd, as the generator demands

    /// <summary>Characters that parsers, normalisations and lengths trip over, as strings of one scalar each.</summary>
    private static readonly string[] Characters =
    [
        "", "a", "Z", "0", "7", "_", "/", ":", ",", "=", "+", "-", ".", " ", "\0", "\u0001", "\n",
        "é", "e\u0301", "ſ", "ß",
        "İ", "\u00a8", "ı", "ς", "K", "ﬁ", "Ｅ", "\u200b", "\u0345", "中", "😀", "\U0001e900",
    ];

    /// <summary>Valid Unicode of few kinds of characters, so that likeness comes up often.</summary>
    internal static readonly Gen<string> Text =
        Gen.Elements(Characters).ListOf().Select(parts => string.Concat(parts));

    internal static readonly Gen<byte[]> Bytes = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();

    internal static readonly Gen<int[]> Choices = Gen.Choose(0, int.MaxValue).ArrayOf();

    /// <summary>Tries a property, which throws where it does not hold.</summary>
    internal static void Holds<T>(Gen<T> samples, Action<T> property, int inShort = 300, int inLong = 20_000)
    {
        var seed = Effort.Seed(20260601);
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(Effort.Of(inShort, inLong))
            .WithReplay(new Replay(new Rnd((ulong)seed, Gamma), null))
            .WithQuietOnSuccess(true);
        Check.One(config, Prop.ForAll(samples.ToArbitrary(), property));
    }

    /// <summary>The code of a refusal; null when there was none. Whatever else is thrown goes on.</summary>
    internal static ErrorCode? CodeOf(Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (SecureUserDataException e)
        {
            return e.Code;
        }
    }
}
