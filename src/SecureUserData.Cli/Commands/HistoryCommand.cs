using System.CommandLine;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud user history</c>.</summary>
internal static class HistoryCommand
{
    internal static Command In(CommandLine cli)
    {
        var field = new Argument<string?>("FIELD")
        {
            Description = "Only this field's; all unless named.", Arity = ArgumentArity.ZeroOrOne,
        };
        return cli.Command(
            "history",
            "Shows the earlier values of the user's own fields, newest first, as the user. The reading is on record.",
            "sud user history --as ada\nsud user history email --as ada --json",
            [field, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.User);
                var versions = await session.Get(session.User()).GetHistoryAsync(run.Get(field));
                run.Out.Show(
                    new { Versions = versions },
                    () => run.Out.Table(
                        ["Field", "Value", "Set", "Until"],
                        versions.Select(IReadOnlyList<string?> (v) =>
                            [v.Field, v.Value, Output.Time(v.SetAt), Output.Time(v.Until)])));
            });
    }
}
