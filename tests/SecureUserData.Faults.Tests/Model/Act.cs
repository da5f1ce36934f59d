namespace SecureUserData.Faults.Tests.Model;

/// <summary>One act on one user, which is done wholly or not at all. It can be written on a line of words.</summary>
/// <param name="User">On whom.</param>
/// <param name="Verb">What.</param>
/// <param name="Name">On what; words hold no spaces.</param>
/// <param name="Value">What for.</param>
internal sealed record Act(UserId User, string Verb, string Name = "-", string Value = "-")
{
    internal const string Letters = "letters";

    /// <summary>Everything that can be done to a user again and again.</summary>
    internal static readonly string[] Daily =
        ["set", "email", "put", "add", "replace", "delete", "give", "withdraw", "refuse", "pause", "resume", "reissue"];

    internal string Line => $"{User} {Verb} {Name} {Value}";

    private IEnumerable<string> Labels => Value.Split(',');

    internal static Act Parse(ReadOnlySpan<string> words) => new(UserId.Parse(words[0]), words[1], words[2], words[3]);

    /// <summary>A record's text: a label and as many dots as its number says, so that records have many sizes.
    /// </summary>
    internal static string Content(string label) =>
        label + new string('.', int.Parse(label[(label.LastIndexOf('-') + 1)..]) * 7919 & 0x3fff);

    /// <summary>The label of a record's text, which is the one that was put and no other.</summary>
    internal static string Label(string content)
    {
        var label = content.Split('.')[0];
        Assert.True(content == Content(label), $"the record {label} is not what was put");
        return label;
    }

    /// <summary>An act that makes sense now; null where none of the verbs does.</summary>
    internal static Act? Next(Random random, Person person, IReadOnlyList<string> verbs, Func<string> label)
    {
        var id = person.Id;
        if (!person.Exists) return new Act(id, "create", $"{label()}@example.org", label());
        if (person.Erased) return null;
        var verb = verbs[random.Next(verbs.Count)];
        var records = person.Records;
        return verb switch
        {
            "set" when random.Next(8) == 0 && person.Fields.ContainsKey("city") => new(id, "set", "city"),
            "set" => new(id, "set", random.Next(2) == 0 ? "name" : "city", label()),
            "email" => new(id, "set", "email", $"{label()}@example.org"),
            "put" => new(id, "put", Value: label()),
            "add" => new(
                id, "add", Value: string.Join(',', Enumerable.Range(0, random.Next(1, 6)).Select(_ => label()))),
            "replace" when records.Count > 0 => new(id, "replace", records[random.Next(records.Count)], label()),
            "delete" when records.Count > 0 => new(id, "delete", records[random.Next(records.Count)]),
            "withdraw" when person.Consent == ConsentStatus.Given => new(id, "withdraw"),
            "give" or "refuse" or "pause" or "resume" or "reissue" or "erase" => new(id, verb),
            _ => null,
        };
    }

    /// <summary>What it makes of a user.</summary>
    internal Person Apply(Person person) => Verb switch
    {
        "create" => person with { Exists = true, Fields = person.Fields.Add("email", Name).Add("name", Value) },
        "set" when Value == "-" => person with { Fields = person.Fields.Remove(Name) },
        "set" => person with { Fields = person.Fields.SetItem(Name, Value) },
        "put" or "add" => person with { Records = person.Records.Union(Labels) },
        "replace" => person with { Records = person.Records.Remove(Name).Add(Value) },
        "delete" => person with { Records = person.Records.Remove(Name) },
        "give" => person with { Consent = ConsentStatus.Given },
        "withdraw" => person with { Consent = ConsentStatus.Withdrawn },
        "refuse" => person with { Consent = ConsentStatus.Refused },
        "pause" or "resume" => person with { Paused = Verb == "pause" },
        "reissue" => person,
        "erase" => person with { Erased = true },
        _ => throw new InvalidOperationException($"There is no {Verb}."),
    };

    /// <summary>Does it.</summary>
    /// <returns>What came of it, as a word.</returns>
    internal async Task<string> DoAsync(Shop shop) => Verb switch
    {
        "create" => await shop.CreateAsync(User, Name, Value),
        "set" => await Done(shop.Of(User).SetFieldAsync(Name, Value == "-" ? null : Value)),
        "put" => await Done(shop.PutAsync(User, Value)),
        "add" => await Done(shop.AddAsync(User, Labels)),
        "replace" => await Done(shop.PutAsync(User, Value, Name)),
        "delete" => await Done(shop.DeleteAsync(User, Name)),
        "give" => await Done((await shop.ConsentAsync(User)).GiveAsync()),
        "withdraw" => await Done((await shop.ConsentAsync(User)).WithdrawAsync()),
        "refuse" => await Done((await shop.ConsentAsync(User)).RefuseAsync()),
        "pause" => await Done((await shop.SelfAsync(User)).PauseAsync()),
        "resume" => await Done((await shop.SelfAsync(User)).ResumeAsync()),
        "reissue" => await shop.ReissueAsync(User),
        "erase" => (await shop.App.EraseAsync(User)).Certificate!,
        _ => throw new InvalidOperationException($"There is no {Verb}."),
    };

    private static async Task<string> Done(Task task)
    {
        await task;
        return "-";
    }
}
