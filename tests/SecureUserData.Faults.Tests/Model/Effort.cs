using System.Globalization;

namespace SecureUserData.Faults.Tests.Model;

/// <summary>How much is tried: a little in every run of the tests, much with <c>SUD_FAULTS=long</c>.
/// <c>SUD_SEED</c> gives one seed again.</summary>
internal static class Effort
{
    private static bool IsLong => Environment.GetEnvironmentVariable("SUD_FAULTS") == "long";

    internal static int Of(int inShort, int inLong) => IsLong ? inLong : inShort;

    /// <summary>So many seeds, each printed before it is used.</summary>
    internal static IEnumerable<int> Seeds(int first, int inShort, int inLong)
    {
        var given = Environment.GetEnvironmentVariable("SUD_SEED");
        var seeds = given is null
            ? Enumerable.Range(first, Of(inShort, inLong))
            : [int.Parse(given, CultureInfo.InvariantCulture)];
        foreach (var seed in seeds)
        {
            Say($"SUD_SEED={seed}");
            yield return seed;
        }
    }

    internal static int Seed(int usual) => Seeds(usual, 1, 1).First();

    internal static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
