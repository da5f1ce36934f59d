using SecureUserData.Conformance;
using SecureUserData.Faults.Tests.Model;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Activations;

/// <summary>Two activations of the same entities at once, as a cluster can have them for a moment: who comes second
/// gets <see cref="ErrorCode.Conflict"/> and has changed nothing, and one of them goes on.</summary>
public sealed class TwoActivationsTests
{
    [Theory]
    [InlineData("fields", "set email")]
    [InlineData("records", "put add replace delete")]
    [InlineData("decisions", "give give withdraw refuse")]
    [InlineData("readings", "read read give withdraw set put")]
    [InlineData("pauses", "read read give pause resume")]
    [InlineData("erasures", "erase put set give read")]
    public async Task Of_two_activations_one_wins_and_nothing_is_lost_or_done_twice(string what, string verbs)
    {
        foreach (var seed in Effort.Seeds(20260501, 2, 40))
        {
            using var opened = await OpenStore.CreateAsync(new FakeClock());
            await using var pair = await Pair.MakeAsync(opened, seed);
            var summary = await pair.RunAsync(verbs.Split(' '), rounds: Effort.Of(25, 100));
            Effort.Say($"{what}: {summary}");
        }
    }
}
