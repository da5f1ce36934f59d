namespace SecureUserData.Cli.Demo;

/// <summary>People who do not exist, written for the demonstration.</summary>
internal static class DemoPeople
{
    internal static IReadOnlyList<IReadOnlyDictionary<string, string>> All { get; } =
    [
        Person("Wilhelmina", "Okonkwo-Lind", "wilhelmina@okonkwo-lind.example", "+46 8 5550 1001"),
        Person("Teodoro", "Vasquez-Mbeki", "teodoro@vasquez-mbeki.example", "+34 91 555 1002"),
        Person("Saoirse", "Okonkwo-Lind", "saoirse@okonkwo-lind.example", "+353 1 555 1003"),
        Person("Anjali", "Brzęczyszczykiewicz", "anjali@brzeczyszczykiewicz.example", "+48 22 555 1004"),
        Person("Kōtarō", "Featherstonehaugh", "kotaro@featherstonehaugh.example", "+81 3 5550 1005"),
    ];

    /// <summary>A record for the first of them.</summary>
    internal const string Loan = """{"title":"The Cartographer's Umbrella","due":"2031-05-17"}""";

    /// <summary>What may be read of the second of them where initial, e-mail domain and last 4 are allowed.</summary>
    internal const string SecondMasked = "T., vasquez-mbeki.example, …1002";

    private static Dictionary<string, string> Person(string given, string surname, string email, string phone) => new()
    {
        ["given_name"] = given,
        ["surname"] = surname,
        ["email"] = email,
        ["phone"] = phone,
    };
}
