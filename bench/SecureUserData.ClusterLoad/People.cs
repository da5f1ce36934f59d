namespace SecureUserData.ClusterLoad;

/// <summary>The made-up person that everybody is.</summary>
internal static class People
{
    internal const string Email = "michaela.neumann@example.org";

    /// <summary>What the script reads.</summary>
    internal static readonly Selection Selection = new() { Fields = ["email"] };

    internal static readonly ScriptText Script =
        new("Invoices", "Write and send the monthly invoices", LegalBasis.Contract)
        {
            Fields = ["email", "given_name", "surname"],
        };

    /// <summary>Ten fields, as of a person.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Profile = new Dictionary<string, string>
    {
        ["email"] = Email,
        ["given_name"] = "Michaela",
        ["surname"] = "Neumann",
        ["street_number"] = "8",
        ["address_1"] = "Stanley Street",
        ["suburb"] = "Winston Hills",
        ["postcode"] = "4223",
        ["state"] = "nsw",
        ["date_of_birth"] = "1915-11-11",
        ["soc_sec_id"] = "5304218",
    };
}
