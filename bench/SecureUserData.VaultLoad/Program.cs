using System.CommandLine;
using SecureUserData.VaultLoad;

var services = new Option<int>("--services")
{
    Description = "Services in the vault", DefaultValueFactory = _ => 10_000,
};
var groups = new Option<int>("--groups") { Description = "Groups in the vault", DefaultValueFactory = _ => 200 };
var users = new Option<int>("--users") { Description = "Users of the vault", DefaultValueFactory = _ => 500 };
var rounds = new Option<int>("--rounds")
{
    Description = "How often each figure is measured", DefaultValueFactory = _ => 7,
};
var folder = new Option<string>("--dir")
{
    Description = "Where the data folder is made; name a folder on the disk to be measured",
    DefaultValueFactory = _ => Path.GetTempPath(),
};
var command = new RootCommand(
    "Measures a vault with the embedded engine in the same process: opening and searching it, adding a service to ten "
    + "groups, and sealing half of all services anew, against bare HPKE seals in alternating rounds.")
{
    services, groups, users, rounds, folder,
};
command.SetAction(async (arguments, _) =>
{
    await using var vault = await LargeVault.MakeAsync(
        arguments.GetValue(folder)!,
        arguments.GetValue(services),
        arguments.GetValue(groups),
        arguments.GetValue(users));
    await Opening.RunAsync(vault, arguments.GetValue(rounds));
    await Adding.RunAsync(vault, arguments.GetValue(rounds));
    await Resealing.RunAsync(vault);
});
return await command.Parse(args).InvokeAsync();
