using System.CommandLine;

namespace SecureUserData.Cli.Commands;

/// <summary>The options that make up a script's text.</summary>
internal sealed class ScriptOptions
{
    private readonly Option<string?> _name = new("--name") { Description = "Its name, as users see it." };
    private readonly Option<string?> _purpose = new("--purpose") { Description = "What the data is used for." };

    private readonly Option<string?> _basis = new("--basis")
    {
        Description = $"The basis in law (GDPR Art. 6): {string.Join(", ", Bases.Select(basis => basis.Name))}.",
    };


    private readonly Option<string[]> _fields = new("--fields")
    {
        Description = "The fields that it wants to read, separated by commas; with a mask where it wants less than the "
            + $"whole field, one of {MaskedFields.Words}: soc_sec_id:last4.",
        HelpName = "a,b:last4",
    };

    private readonly Option<string[]> _collections = Names("--collections", "The collections that it wants to read.");

    private readonly Option<string[]> _recipients = new("--recipients")
    {
        Description = "Who receives the data; may be repeated.", HelpName = "WHO",
    };

    private readonly Option<string?> _retention = new("--retention")
    {
        Description = "How long what is read is kept, in words or as in P30D; 'not kept' unless named.",
    };

    internal IEnumerable<Symbol> All => [_name, _purpose, _basis, _fields, _collections, _recipients, _retention];

    private static IEnumerable<(string Name, LegalBasis Basis)> Bases =>
    [
        ("consent", LegalBasis.Consent),
        ("contract", LegalBasis.Contract),
        ("legal-obligation", LegalBasis.LegalObligation),
        ("vital-interests", LegalBasis.VitalInterests),
        ("public-task", LegalBasis.PublicTask),
        ("legitimate-interests", LegalBasis.LegitimateInterests),
    ];

    /// <summary>The text; what is not on the command line is as before.</summary>
    internal ScriptText Read(Run run, ScriptText? before)
    {
        var text = new ScriptText(
            run.Get(_name) ?? before?.Name ?? throw Missing("--name"),
            run.Get(_purpose) ?? before?.Purpose ?? throw Missing("--purpose"),
            run.Get(_basis) is { } basis ? Basis(basis) : before?.LegalBasis ?? throw Missing("--basis"));
        var (fields, masks) = run.Has(_fields) || before is null
            ? MaskedFields.Parse(run.List(_fields))
            : (before.Fields, before.Masks);
        return text with
        {
            Fields = fields,
            Masks = masks,
            Collections = run.Has(_collections) ? run.List(_collections) : before?.Collections ?? [],
            Recipients = run.Has(_recipients) ? run.Get(_recipients) : before?.Recipients ?? [],
            Retention = run.Get(_retention) ?? before?.Retention ?? "not kept",
        };
    }

    internal static Option<string[]> Names(string name, string description) => new(name)
    {
        Description = $"{description} Separated by commas.", HelpName = "a,b",
    };

    private static LegalBasis Basis(string text)
    {
        foreach (var (name, basis) in Bases)
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase)) return basis;
        throw new UsageException(
            $"'{text}' is not a legal basis: use one of {string.Join(", ", Bases.Select(basis => basis.Name))}.");
    }

    private static UsageException Missing(string option) => new($"{option} is missing: a script needs it.");
}
