using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using SecureUserData.ClusterLoad;

if (args is [SiloProcess.Option, var settings])
{
    await SiloProgram.RunAsync(JsonSerializer.Deserialize<SiloSettings>(settings)!);
    return 0;
}
string[] all = [Comparison.Bare, Comparison.Read, Comparison.ReadMemory, Comparison.Sweeps];
var mongoDb = new Option<string?>("--mongodb")
{
    Description = "The connection string of a MongoDB; databases of their own are made in it and dropped",
    DefaultValueFactory = _ => Environment.GetEnvironmentVariable("SUD_TEST_MONGODB"),
};
var seconds = new Option<double>("--seconds")
{
    Description = "Seconds that each flow runs, spread over the rounds; a round of sweep goes over everybody",
    DefaultValueFactory = _ => 20,
};
var rounds = new Option<int>("--rounds")
{
    Description = "How often the flows take turns",
    DefaultValueFactory = _ => 5,
};
var callers = new Option<int>("--callers")
{
    Description = "Callers at a time",
    DefaultValueFactory = _ => 256,
};
var users = new Option<int>("--users")
{
    Description = "Users, each of whom has given consent",
    DefaultValueFactory = _ => 1_024,
};
var silos = new Option<int>("--silos")
{
    Description = "Silos of bare and read, each a process; read-memory has one, and sweep has its own",
    DefaultValueFactory = _ => 1,
};
var flows = new Option<string[]>("--flow")
{
    Description = $"Only these flows: {string.Join(", ", all)}",
    AllowMultipleArgumentsPerToken = true,
};
var warmUp = new Option<double>("--warm-up")
{
    Description = "Seconds that each flow runs before the first round, until the hot code is compiled for good",
    DefaultValueFactory = _ => 20,
};
var serverId = new Option<int?>("--server-pid")
{
    Description = "The process of MongoDB, where it is on this machine: its processor time is shown, too",
};
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file as JSON" };

var command = new RootCommand("Measures a cluster on MongoDB against bare grains, in alternating rounds.")
{
    mongoDb, seconds, rounds, callers, users, silos, flows, warmUp, serverId, json,
};
command.SetAction(async (arguments, _) =>
{
    var names = arguments.GetValue(flows) is { Length: > 0 } chosen ? chosen : all;
    if (names.FirstOrDefault(name => !all.Contains(name)) is { } unknown)
    {
        await Console.Error.WriteLineAsync($"There is no flow '{unknown}': choose from {string.Join(", ", all)}.");
        return 2;
    }
    if (arguments.GetValue(mongoDb) is not { } database)
    {
        await Console.Error.WriteLineAsync("Name a MongoDB with --mongodb or SUD_TEST_MONGODB.");
        return 2;
    }
    var (people, together) = (arguments.GetValue(users), arguments.GetValue(callers));
    if (arguments.GetValue(seconds) <= 0 || arguments.GetValue(rounds) < 1 || arguments.GetValue(silos) < 1
        || together < 1 || people < together)
    {
        await Console.Error.WriteLineAsync(
            "--seconds must be more than 0, --rounds, --silos and --callers at least 1, --users at least --callers.");
        return 2;
    }
    using var server = arguments.GetValue(serverId) is { } id ? Process.GetProcessById(id) : null;
    var comparison = new Comparison(
        database, arguments.GetValue(rounds), people, TimeSpan.FromSeconds(arguments.GetValue(warmUp)), server);
    var results = new List<FlowResult>();
    if (names.Any(name => name != Comparison.Sweeps))
        results.AddRange(await comparison.RunReadsAsync(
            names, arguments.GetValue(silos), together, TimeSpan.FromSeconds(arguments.GetValue(seconds))));
    if (names.Contains(Comparison.Sweeps)) results.AddRange(await comparison.RunSweepsAsync());
    Report.Print(results);
    if (arguments.GetValue(json) is { } file) await Report.WriteJsonAsync(results, file.FullName);
    return 0;
});
return await command.Parse(args).InvokeAsync();
