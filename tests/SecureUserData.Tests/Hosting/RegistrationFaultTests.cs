namespace SecureUserData.Tests.Hosting;

/// <summary>The registration of an application during which storage fails once, wherever that is.</summary>
public sealed class RegistrationFaultTests
{
    private const int MoreThanThereAre = 100;

    [Theory]
    [InlineData("BeforeSavingState")]
    [InlineData("AfterSavingState")]
    [InlineData("BeforeAppending")]
    [InlineData("AfterAppending")]
    [InlineData("BeforeSettingWakeup")]
    public async Task Whatever_is_stored_of_an_application_is_listed_and_moved_to_the_next_master_key(string failure)
    {
        var failures = 0;
        for (var skip = 0; skip < MoreThanThereAre; skip++)
        {
            await using var bench = await HostBench.CreateAsync();
            var operators = await bench.SignInAsync(bench.Operator);
            bench.Ports.Skip = skip;
            bench.Ports.Next = Enum.Parse<FailingPorts.Failure>(failure);
            try
            {
                await operators.RegisterApplicationAsync(new ApplicationSettings("library"));
            }
            catch (SecureUserDataException e)
            {
                Assert.Equal(ErrorCode.Unavailable, e.Code);
            }
            bench.Ports.Next = FailingPorts.Failure.None;

            var stored = (await bench.Ports.States.ListAsync("app_", null, 100)).Select(state => AppId.Parse(state.Id));
            var listed = (await operators.Get(new InstallationId()).ListApplicationsAsync()).Items;
            Assert.Subset(listed.ToHashSet(), stored.ToHashSet());
            var report = await operators.Get(new MasterRotationId()).StartAsync();
            Assert.Equal((RotationPhase.Finished, 0L), (report.Past[0].Phase, report.Past[0].Failed));

            if (bench.Ports.Failures == 0) break;
            failures++;
        }
        Assert.InRange(failures, 1, MoreThanThereAre - 1); // it failed at every place, and then there was none left
    }
}
