using System.CommandLine;
using SecureUserData.Cli.Console;
using SecureUserData.Cli.Csv;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud user import</c>.</summary>
internal static class ImportCommand
{
    internal static Command In(CommandLine cli)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A CSV file in UTF-8. Its first line names the fields; empty values are left out.",
        };
        var claims = new Option<string?>("--claims")
        {
            Description = "Write line, user id and claim code of everybody created to this new file, for its owner "
                + "only.",
            HelpName = "OUT.csv",
        };
        return cli.Command(
            "import",
            "Creates a user for each row of a CSV file, as the application. Rows that are wrong are reported and do "
            + "not stop the others. If the application has a unique field, it can be run again: it makes nobody twice.",
            "sud user import people.csv --claims claims.csv --as city-clinic",
            [file, claims, cli.As],
            run => ImportAsync(run, run.Around.FullPath(run.Get(file)), run.Get(claims)));
    }

    private static async Task<int> ImportAsync(Run run, string path, string? claims)
    {
        var claimsPath = claims is null ? null : run.Around.FullPath(claims);
        if (claimsPath is not null && Path.Exists(claimsPath))
            throw new CommandException($"{claimsPath} is there already: name another file for the claim codes.");
        using var file = new CsvFile(path, RowFormat.Csv);
        await using var folder = await run.OpenAsync();
        var session = await run.SignInAsync(folder, CallerKind.Application);
        var settings = (await session.Get(session.App()).GetAsync()).Settings;
        using var codes = claimsPath is null ? null : new ClaimCodes(claimsPath);
        using var progress = run.Out.Progress("importing", file.Lines - 1);
        var import = new UserImport(session, settings, file.Header, codes, progress);
        try
        {
            await import.RunAsync(file.Rows, run.Cancellation);
        }
        finally
        {
            progress.Dispose();
            Show(run, import, claimsPath); // also when it ended early: what is done is done
        }
        return import.Problems.Count == 0 ? 0 : 1;
    }

    private static void Show(Run run, UserImport import, string? claimsPath)
    {
        var seconds = import.Elapsed.TotalSeconds;
        var there = LineRanges.Of(import.AlreadyThere);
        foreach (var (line, reason) in import.Problems) run.Out.Error($"line {line}: {reason}");
        run.Out.Show(
            new
            {
                import.Created,
                AlreadyThere = import.AlreadyThere.Count,
                Refused = import.Problems.Count,
                Seconds = Math.Round(seconds, 3),
                Claims = claimsPath,
                AlreadyThereLines = there,
                Problems = import.Problems.Select(problem => new { problem.Line, problem.Reason }),
            },
            () => run.Out.Details(
                ("Created", $"{Output.Number(import.Created)} in {seconds:0.0} s ({import.Created / seconds:0}/s)"),
                ("Already there", import.AlreadyThere.Count == 0 ? "0"
                    : $"{Output.Number(import.AlreadyThere.Count)} (lines {string.Join(", ", there)})"),
                ("Refused", Output.Number(import.Problems.Count)),
                ("Claim codes", claimsPath ?? (import.Created == 0 ? null
                    : "not kept (no --claims); an operator can make new ones with 'sud user reissue'"))));
    }
}
