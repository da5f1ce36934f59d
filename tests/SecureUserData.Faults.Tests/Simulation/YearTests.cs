using SecureUserData.Faults.Tests.Model;

namespace SecureUserData.Faults.Tests.Simulation;

/// <summary>A year in the life of an application, day by day: every answer is the one that a simple model gives.
/// </summary>
public sealed class YearTests
{
    [Fact]
    public async Task Every_answer_of_a_year_is_what_a_simple_model_says()
    {
        foreach (var seed in Effort.Seeds(20260701, 1, 3))
        {
            await using var year = await Year.BeginAsync(seed, users: Effort.Of(30, 400));
            try
            {
                for (var day = 0; day < Effort.Of(35, 365); day++) await year.LiveAsync(acts: Effort.Of(10, 40));
                await year.EndAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed} fails after:\n{year.History}", e);
            }
            Effort.Say(year.Summary);
        }
    }
}
