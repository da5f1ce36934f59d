using SecureUserData.Faults.Tests.Model;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Kills;

/// <summary>Does its work until its process is killed, and says of every act when it begins and when it is
/// acknowledged.</summary>
internal sealed class Worker(Shop shop, Random random, string name)
{
    /// <summary>What a worker can be told to do, by name, again and again.</summary>
    internal static readonly IReadOnlyDictionary<string, Func<Worker, Task>> Workloads =
        new Dictionary<string, Func<Worker, Task>>
        {
            ["imports"] = worker => worker.LiveAsync(3, ["put", "add", "email", "give"]),
            ["records"] = worker => worker.LiveAsync(40, ["put", "add", "replace", "delete"]),
            ["fields"] = worker => worker.LiveAsync(40, ["set", "email"]),
            ["consents"] = worker => worker.LiveAsync(40, ["give", "withdraw", "refuse", "pause", "resume", "reissue"]),
            ["erasures"] = async worker =>
                await worker.DoAsync(await worker.LiveAsync(4, ["put", "add", "give", "pause"]), ["erase"]),
        };

    private int _labels;

    /// <summary>A new user, and so many acts.</summary>
    private async Task<Person> LiveAsync(int acts, string[] verbs)
    {
        var person = new Person(UserId.New());
        for (var i = 0; i <= acts; i++) person = await DoAsync(person, verbs);
        return person;
    }

    private async Task<Person> DoAsync(Person person, string[] verbs)
    {
        if (Act.Next(random, person, verbs, () => $"{name}-{_labels++}") is not { } act) return person;
        ChildTest.Say($"try {act.Line}");
        ChildTest.Say($"done {act.Line} {await act.DoAsync(shop)}");
        return act.Apply(person);
    }
}
