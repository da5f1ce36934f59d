using System.CommandLine;
using SecureUserData.Cli.Commands;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Rotate;

/// <summary><c>sud rotate</c>.</summary>
internal static class RotateCommands
{
    private static IEnumerable<(string Name, KeyKind Key)> Keys =>
    [
        ("application", KeyKind.Application), ("index", KeyKind.Index), ("log", KeyKind.Log), ("state", KeyKind.State),
    ];

    internal static Command In(CommandLine cli) => CommandLine.Group(
        "rotate",
        "Replaces keys by new ones while everything goes on. What was started goes on by itself while an engine runs.",
        "sud rotate app --as city-clinic --watch",
        App(cli),
        Users(cli),
        RotateMaster.In(cli),
        Status(cli),
        Steering(
            cli,
            "pause",
            "Lets the run under way rest, until it is resumed.",
            (_, target) => target.PauseAsync()),
        Steering(
            cli,
            "resume",
            "Lets a run that rests go on, and does what need not wait. Where no engine runs, it goes on in this way.",
            async (run, target) =>
            {
                await target.ResumeAsync();
                return await RotationWatch.FollowAsync(run, target, toTheEnd: false);
            }),
        Steering(
            cli,
            "cancel",
            "Ends the run under way. The new version stays in use and the old one readable.",
            (_, target) => target.CancelAsync()),
        History(cli),
        Schedule(cli));

    internal static Option<bool> Watch() => new("--watch")
    {
        Description = "Stay until the run has ended, and show how far it is.",
    };

    private static Option<bool> Master() => new("--master")
    {
        Description = "The master key's rotation, as an operator; the application's unless named.",
    };

    private static Command App(CommandLine cli)
    {
        var key = new Option<string>("--key")
        {
            Description = $"Which of its keys: {string.Join(", ", Keys.Select(known => known.Name))}.",
            HelpName = "KEY",
            DefaultValueFactory = _ => "application",
        };
        var watch = Watch();
        return cli.Command(
            "app",
            "Makes a new version of one of an application's keys, as the application, moves everything to it, and "
            + "destroys the old version when nothing can work with it any more.",
            "sud rotate app --as city-clinic\nsud rotate app --key index --watch",
            [key, watch, cli.As],
            async run =>
            {
                var kind = Keys.Where(known => known.Name == run.Get(key)).Select(known => (KeyKind?)known.Key)
                    .SingleOrDefault() ?? throw new UsageException(
                        $"--key is one of {string.Join(", ", Keys.Select(known => known.Name))}.");
                await using var folder = await run.OpenAsync();
                await RotateAsync(run, folder, kind, run.Get(watch));
            });
    }

    private static Command Users(CommandLine cli)
    {
        var watch = Watch();
        return cli.Command(
            "users",
            "Makes every user of an application a new key, as the application, encrypts all fields and records under "
            + "it, and destroys the old ones.",
            "sud rotate users --as city-clinic --watch",
            [watch, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                await RotateAsync(run, folder, KeyKind.User, run.Get(watch));
            });
    }

    private static async Task RotateAsync(Run run, OpenFolder folder, KeyKind key, bool watch)
    {
        var session = await run.SignInAsync(folder, CallerKind.Application);
        var rotation = session.Get(new RotationId(session.App()));
        if (key == KeyKind.User && (await rotation.GetAsync()).Current is null)
            run.Out.Note(
                "All fields and records are encrypted again, of at most "
                + $"{Output.Number(folder.Engine.GetStatus().Users)} users.");
        await StartAsync(run, folder, RotationTarget.Of(rotation), () => rotation.StartAsync(key), watch);
    }

    /// <summary>Starts a run, does what need not wait, and says what came of it.</summary>
    internal static async Task StartAsync(
        Run run, OpenFolder folder, RotationTarget target, Func<Task> start, bool watch)
    {
        try
        {
            await start();
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Conflict)
        {
            throw new CommandException($"{e.Message} 'sud rotate status{target.Option}' shows how far it is.");
        }
        var standing = await RotationWatch.FollowAsync(run, target, watch);
        RotationStatus.ShowRun(run, standing, target.Option, folder.Key);
    }

    private static Command Status(CommandLine cli)
    {
        var (master, watch) = (Master(), Watch());
        return cli.Command(
            "status",
            "Shows the versions of the keys, the run under way or the last one, and the schedule.",
            "sud rotate status --as city-clinic --watch\nsud rotate status --master",
            [master, watch, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var target = await TargetAsync(run, folder, run.Get(master));
                var standing = run.Get(watch)
                    ? await RotationWatch.FollowAsync(run, target, toTheEnd: true)
                    : await target.GetAsync();
                RotationStatus.ShowAll(run, standing, target.Option, folder.Key);
            });
    }

    /// <summary>A command that does something with the run under way.</summary>
    private static Command Steering(
        CommandLine cli, string name, string description, Func<Run, RotationTarget, Task<Standing>> act)
    {
        var master = Master();
        return cli.Command(
            name,
            description,
            $"sud rotate {name} --as city-clinic\nsud rotate {name} --master",
            [master, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var target = await TargetAsync(run, folder, run.Get(master));
                if ((await target.GetAsync()).Current is null)
                    throw new CommandException("No rotation is under way.");
                RotationStatus.ShowRun(run, await act(run, target), target.Option, folder.Key);
            });
    }

    private static Command History(CommandLine cli)
    {
        var master = Master();
        return cli.Command(
            "history",
            $"Shows the last {Limits.RotationsKept} runs that have ended, newest first.",
            "sud rotate history --as city-clinic\nsud rotate history --master --json",
            [master, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var target = await TargetAsync(run, folder, run.Get(master));
                RotationStatus.ShowHistory(run, (await target.GetAsync()).Past);
            });
    }

    private static Command Schedule(CommandLine cli)
    {
        var app = new Option<string?>("--app-key")
        {
            Description = "The age at which the application key is rotated, or 'none'.", HelpName = "DAYSd",
        };
        var users = new Option<string?>("--user-keys")
        {
            Description = "The age at which the users' keys are rotated, or 'none'.", HelpName = "DAYSd",
        };
        return cli.Command(
            "schedule",
            "Shows or sets which rotations begin by themselves while an engine runs, as the application. What is not "
            + "named stays. Keys that have encrypted nearly as often as is safe are rotated in any case.",
            "sud rotate schedule --as city-clinic\nsud rotate schedule --app-key 90d --user-keys none",
            [app, users, cli.As],
            async run =>
            {
                var isSet = run.Has(app) || run.Has(users);
                var (appAge, usersAge) = (Age(run, app), Age(run, users));
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Application);
                var rotation = session.Get(new RotationId(session.App()));
                var schedule = (await rotation.GetAsync()).Schedule;
                if (run.Has(app)) schedule = schedule with { ApplicationKey = appAge };
                if (run.Has(users)) schedule = schedule with { UserKeys = usersAge };
                if (isSet) schedule = (await rotation.SetScheduleAsync(schedule)).Schedule;
                RotationStatus.ShowSchedule(run, schedule);
            });
    }

    private static TimeSpan? Age(Run run, Option<string?> option) =>
        run.Get(option) is { } text ? Period.Parse(text) : null;

    private static async Task<RotationTarget> TargetAsync(Run run, OpenFolder folder, bool master)
    {
        var session = await run.SignInAsync(folder, master ? CallerKind.Operator : CallerKind.Application);
        return master
            ? RotationTarget.Of(session.Get(new MasterRotationId()))
            : RotationTarget.Of(session.Get(new RotationId(session.App())));
    }
}
