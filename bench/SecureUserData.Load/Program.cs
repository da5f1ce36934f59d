using System.CommandLine;
using SecureUserData.Load;

var seconds = new Option<double>("--seconds")
{
    Description = "Seconds that each flow runs on each side, spread over the rounds",
    DefaultValueFactory = _ => 5,
};
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file as JSON" };
var flows = new Option<string[]>("--flow") { Description = "Only these flows", AllowMultipleArgumentsPerToken = true };
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
    seconds, json, flows, users, prepared, memory, alone, folder,
};
command.SetAction(async (arguments, _) =>
{
    var names = arguments.GetValue(flows) is { Length: > 0 } chosen ? chosen : [.. Flow.All.Keys];
    if (names.FirstOrDefault(name => !Flow.All.ContainsKey(name)) is { } unknown)
    {
        await Console.Error.WriteLineAsync(
            $"There is no flow '{unknown}': choose from {string.Join(", ", Flow.All.Keys)}.");
        return 2;
    }
    if (arguments.GetValue(seconds) <= 0)
    {
        await Console.Error.WriteLineAsync("--seconds must be more than 0.");
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
        results.Add(await Comparison.RunAsync(
            name,
            arguments.GetValue(prepared) ?? Path.Combine(place.Path, "data"),
            place.Path,
            TimeSpan.FromSeconds(arguments.GetValue(seconds)),
            arguments.GetValue(users),
            arguments.GetValue(alone)));
    }
    Report.Print(results);
    if (arguments.GetValue(json) is { } file) await Report.WriteJsonAsync(results, file.FullName);
    return 0;
});
return await command.Parse(args).InvokeAsync();
