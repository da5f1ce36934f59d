using SecureUserData.Conformance;
using SecureUserData.Faults.Tests.Model;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Kills;

/// <summary>Does its work until its process is killed, and says of every act when it begins and when it is
/// acknowledged.</summary>
internal sealed class Worker(Shop shop, FakeClock clock, Random random, string name)
{
    /// <summary>What a worker can be told to do on users of its own, by name, again and again.</summary>
    internal static readonly IReadOnlyDictionary<string, Func<Worker, Task>> Acts =
        new Dictionary<string, Func<Worker, Task>>
        {
            ["imports"] = worker => worker.LiveAsync(3, ["put", "add", "email", "give"]),
            ["records"] = worker => worker.LiveAsync(40, ["put", "add", "replace", "delete"]),
            ["fields"] = worker => worker.LiveAsync(40, ["set", "email"]),
            ["consents"] = worker => worker.LiveAsync(40, ["give", "withdraw", "refuse", "pause", "resume", "reissue"]),
            ["erasures"] = async worker =>
                await worker.DoAsync(await worker.LiveAsync(4, ["put", "add", "give", "pause"]), ["erase"]),
        };

    /// <summary>And what goes over all users.</summary>
    internal static readonly IReadOnlyDictionary<string, Func<Worker, Task>> Rotations =
        Enum.GetValues<KeyKind>().ToDictionary(
            key => $"rotate-{key}",
            key => new Func<Worker, Task>(worker =>
                key == KeyKind.Master ? worker.RotateMasterAsync() : worker.RotateAsync(key)));

    private int _labels;

    internal Task WorkAsync(string work) => (Acts.GetValueOrDefault(work) ?? Rotations[work])(this);

    /// <summary>A new user, and so many acts.</summary>
    private async Task<Person> LiveAsync(int acts, string[] verbs)
    {
        var person = new Person(UserId.New());
        for (var i = 0; i <= acts; i++) person = await DoAsync(person, verbs);
        return person;
    }

    /// <summary>A whole run, or what is left of the one that another process began. Where it waits, time passes.
    /// </summary>
    private async Task RotateAsync(KeyKind key)
    {
        var rotation = shop.Rotation;
        if ((await rotation.GetAsync()).Current is null) await rotation.StartAsync(key);
        while ((await rotation.RunAheadAsync()).Current is { } run)
            if (run.GoesOn - clock.GetUtcNow() is { Ticks: > 0 } wait) clock.Advance(wait);
        Say(Ledger.Rotated, (await rotation.GetAsync()).Past[0]);
    }

    private async Task RotateMasterAsync()
    {
        var rotation = shop.Operators.Get(new MasterRotationId());
        if ((await rotation.GetAsync()).Current is null) await rotation.StartAsync();
        Say(Ledger.Rotated, (await rotation.RunAheadAsync()).Past[0]);
    }

    private static void Say(string what, RotationRun run) => ChildTest.Say($"{what} {run.Key} {run.To}");

    private async Task<Person> DoAsync(Person person, string[] verbs)
    {
        if (Act.Next(random, person, verbs, () => $"{name}-{_labels++}") is not { } act) return person;
        ChildTest.Say($"try {act.Line}");
        ChildTest.Say($"done {act.Line} {await act.DoAsync(shop)}");
        return act.Apply(person);
    }
}
