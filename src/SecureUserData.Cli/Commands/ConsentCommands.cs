using System.CommandLine;
using System.Globalization;
using System.Xml;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud consent</c>.</summary>
internal static class ConsentCommands
{
    internal static Command In(CommandLine cli) => CommandLine.Group(
        "consent", "A user's decisions on scripts.", "sud consent give newsletter --as ada",
        List(cli),
        Give(cli),
        Decide(cli, "refuse", "Refuses a script, as the user.", consent => consent.RefuseAsync()),
        Decide(
            cli,
            "withdraw",
            "Takes a given consent back, as the user: as easy as giving it.",
            consent => consent.WithdrawAsync()),
        SetPaused(cli, "pause", "Stops all reading by scripts, as the user, until 'resume' (GDPR Art. 18).", true),
        SetPaused(cli, "resume", "Lets scripts read again what the user's decisions allow, as the user.", false));

    private static Argument<string> ScriptArgument => new("SCRIPT") { Description = "The script's id or saved name." };

    private static Command List(CommandLine cli) => cli.Command(
        "list",
        "Lists every script of the user's application with the user's decision, as the user.",
        "sud consent list --as ada",
        [cli.As],
        async run =>
        {
            await using var folder = await run.OpenAsync();
            var session = await run.SignInAsync(folder, CallerKind.User);
            using var progress = run.Out.Progress("listing consents");
            var overview = session.Get(new OverviewId(session.User()));
            var consents = await Pages.AllAsync(
                cursor => overview.ListConsentsAsync(cursor), progress, run.Cancellation);
            run.Out.Show(
                new { Consents = consents.Select(ToJson) },
                () => run.Out.Table(
                    ["Script", "Name", "Purpose", "Asks for", "Status", "Allowed", "Since", "Until"],
                    consents.Select(IReadOnlyList<string?> (c) =>
                    [
                        c.Script.Id.ToString(), c.Script.Text.Name, c.Script.Text.Purpose,
                        Join(MaskedFields.AskedIn(c.Script.Text)), c.Status.ToString(),
                        Join(MaskedFields.AllowedIn(c.Decision)), Output.Time(c.Decision?.At),
                        Output.Time(c.Decision?.Expires),
                    ])));
        });

    private static Command Give(CommandLine cli)
    {
        var script = ScriptArgument;
        var fields = ScriptOptions.Names("--fields", "Only these of the script's fields.");
        var collections = ScriptOptions.Names("--collections", "Only these of the script's collections.");
        var expires = new Option<string?>("--expires")
        {
            Description = "Until when: a date or time (2027-01-31, 2027-01-31T12:00Z) or from now on (P30D).",
        };
        return cli.Command(
            "give",
            "Shows a script's notice and allows it to read, as the user.",
            "sud consent give newsletter --fields email --expires P90D --as ada",
            [script, fields, collections, expires, cli.As],
            async run =>
            {
                var until = run.Get(expires) is { } text ? Until(text, run.Around.Time) : (DateTimeOffset?)null;
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.User);
                var consent = session.Get(new ConsentId(session.User(), folder.Script(run.Get(script))));
                var notice = (await consent.GetAsync()).Script.Notice;
                var some = run.Has(fields) || run.Has(collections); // who names something gives that and no more
                var given = await consent.GiveAsync(new ConsentGrant(notice)
                {
                    Fields = some ? run.List(fields) : null,
                    Collections = some ? run.List(collections) : null,
                    Expires = until,
                });
                Show(run, given);
            });
    }

    private static Command Decide(
        CommandLine cli, string name, string description, Func<IConsent, Task<ConsentView>> decide)
    {
        var script = ScriptArgument;
        return cli.Command(name, description, $"sud consent {name} newsletter --as ada", [script, cli.As], async run =>
        {
            await using var folder = await run.OpenAsync();
            var session = await run.SignInAsync(folder, CallerKind.User);
            Show(run, await decide(session.Get(new ConsentId(session.User(), folder.Script(run.Get(script))))));
        });
    }

    private static Command SetPaused(CommandLine cli, string name, string description, bool paused) => cli.Command(
        name, description, $"sud consent {name} --as ada", [cli.As], async run =>
        {
            await using var folder = await run.OpenAsync();
            var session = await run.SignInAsync(folder, CallerKind.User);
            var user = session.Get(session.User());
            await (paused ? user.PauseAsync() : user.ResumeAsync());
            run.Out.Show(
                new { Id = session.User(), Paused = paused },
                () => run.Out.Line(paused
                    ? "All reading by scripts is stopped."
                    : "Scripts read again what your decisions allow."));
        });

    private static void Show(Run run, ConsentView view)
    {
        var text = view.Script.Text;
        run.Out.Show(ToJson(view), () => run.Out.Details(
            ("Script", $"{text.Name}, version {view.Script.Version} ({view.Script.Id})"),
            ("Purpose", text.Purpose),
            ("Legal basis", text.LegalBasis.ToString()),
            ("Asks for", Join(MaskedFields.AskedIn(text))),
            ("Recipients", text.Recipients.Count > 0 ? string.Join(", ", text.Recipients) : "none"),
            ("Kept", text.Retention),
            ("Notice", view.Script.Notice),
            ("Status", view.Status.ToString()),
            ("Allowed", view.Status == ConsentStatus.Given ? Join(MaskedFields.AllowedIn(view.Decision)) : "nothing"),
            ("Until", view.Status != ConsentStatus.Given ? null
                : view.Decision?.Expires is { } until ? Output.Time(until) : "withdrawn")));
    }

    /// <summary>With what is asked for and what is allowed in plain words beside the scopes themselves.</summary>
    private static object ToJson(ConsentView view) => new
    {
        view.Id, view.Status, view.Script, view.Decision, view.History,
        AsksFor = MaskedFields.AskedIn(view.Script.Text),
        Allowed = view.Status == ConsentStatus.Given ? MaskedFields.AllowedIn(view.Decision) : [],
    };

    private static string Join(IReadOnlyList<string> scope) => string.Join(", ", scope);

    private static DateTimeOffset Until(string text, TimeProvider time)
    {
        try
        {
            if (text.StartsWith('P')) return time.GetUtcNow() + XmlConvert.ToTimeSpan(text); // ISO 8601 duration
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            throw Wrong();
        }
        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at)
            ? at
            : throw Wrong();

        UsageException Wrong() => new($"'{text}' is not a time: write 2027-01-31, 2027-01-31T12:00Z or P30D.");
    }
}
