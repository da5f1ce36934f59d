using System.CommandLine;
using SecureUserData.Load;

var seconds = new Option<double>("--seconds")
{
    Description = "Seconds that each flow runs on each side, spread over the rounds; a round of sweep-app and "
        + "sweep-users goes over everybody, however long that takes",
    DefaultValueFactory = _ => 5,
};
var rounds = new Option<int>("--rounds")
{
    Description = "How often a flow and its limit take turns; 1 for sweeps over very many users",
    DefaultValueFactory = _ => 5,
};
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file as JSON" };
var flows = new Option<string[]>("--flow")
{
    Description = $"Only these flows: {string.Join(", ", Flow.All.Keys)}, {ReadDuringSweep.Name}",
    AllowMultipleArgumentsPerToken = true,
};
var users = new Option<int?>("--users")
{
    Description = "Prepare so many users, who have given their consent, before each flow; as many as a flow needs if "
        + "left out",
};
var prepared = new Option<string?>("--prepared")
{
    Description = "Use the installation in this folder for all flows and keep it; it is prepared first if it is not "
        + "there",
};
var memory = new Option<bool>("--memory")
{
    Description = "Measure what users in memory cost (100,000 of them, or --users) instead of flows",
};
var alone = new Option<bool>("--no-limit")
{
    Description = "Measure flows alone, such as in a large installation, which the limit would have to copy first",
};
var folder = new Option<string>("--dir")
{
    Description = "Where the data folders are made; name a folder on the disk to be measured",
    DefaultValueFactory = _ => Path.GetTempPath(),
};

var command = new RootCommand("Measures each flow of the embedded engine against a bare limit, in alternating rounds.")
{
    seconds, rounds, json, flows, users, prepared, memory, alone, folder,
};
command.SetAction(async (arguments, _) =>
{
    string[] all = [.. Flow.All.Keys, ReadDuringSweep.Name];
    var names = arguments.GetValue(flows) is { Length: > 0 } chosen ? chosen : all;
    if (names.FirstOrDefault(name => !all.Contains(name)) is { } unknown)
    {
        await Console.Error.WriteLineAsync(
            $"There is no flow '{unknown}': choose from {string.Join(", ", all)}.");
        return 2;
    }
    if (arguments.GetValue(seconds) <= 0 || arguments.GetValue(rounds) < 1)
    {
        await Console.Error.WriteLineAsync("--seconds must be more than 0, and --rounds at least 1.");
        return 2;
    }
    if (arguments.GetValue(memory))
    {
        const int Usual = 100_000;
        using var place = new TemporaryFolder(arguments.GetValue(folder)!);
        await using var installation = await Installation.OpenAsync(
            arguments.GetValue(prepared) ?? place.Path, arguments.GetValue(users) ?? Usual);
        await MemoryUse.RunAsync(installation, arguments.GetValue(users) ?? Usual);
        return 0;
    }
    var results = new List<FlowResult>();
    foreach (var name in names)
    {
        using var place = new TemporaryFolder(arguments.GetValue(folder)!);
        var data = arguments.GetValue(prepared) ?? Path.Combine(place.Path, "data");
        var time = TimeSpan.FromSeconds(arguments.GetValue(seconds));
        var (people, turns) = (arguments.GetValue(users), arguments.GetValue(rounds));
        if (name == ReadDuringSweep.Name)
            results.AddRange(await ReadDuringSweep.RunAsync(data, time, people, turns));
        else
            results.Add(await Comparison.RunAsync(
                name, data, place.Path, time, people, turns, arguments.GetValue(alone)));
    }
    Report.Print(results);
    if (arguments.GetValue(json) is { } file) await Report.WriteJsonAsync(results, file.FullName);
    return 0;
});
return await command.Parse(args).InvokeAsync();
