using System.CommandLine;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud export</c>.</summary>
internal static class ExportCommand
{
    internal static Command In(CommandLine cli)
    {
        var target = new Option<string>("--out")
        {
            Description = "The new file; '-' for stdout.", HelpName = "FILE", Required = true,
        };
        return cli.Command(
            "export",
            "Writes everything about the user into one JSON file for its owner only, as the user: profile, records, "
            + "consents with their history, and the access log (docs/export.md). It is on record.",
            "sud export --as ada --out ada.json",
            [target, cli.As],
            run => ExportAsync(run, run.Get(target)));
    }

    private static async Task ExportAsync(Run run, string target)
    {
        var path = target == "-" ? null : run.Around.FullPath(target);
        if (path is not null && Path.Exists(path))
            throw new CommandException($"{path} is there already: name another file.");
        using var file = path is null ? null : new OwnerOnlyFile(path);
        await using var folder = await run.OpenAsync();
        var session = await run.SignInAsync(folder, CallerKind.User);
        session.User(); // whoever is no user is told before anything is written
        var items = await WriteAsync(run, session, file?.Stream ?? run.Around.Out);
        if (file is null) return;
        file.Save(replace: false);
        var bytes = new FileInfo(path!).Length;
        run.Out.Show(
            new { User = session.User(), File = path, Items = items, Bytes = bytes },
            () => run.Out.Line(
                $"{Output.Number(items)} records, consents and log entries are in {path}: "
                + $"{Output.Number(bytes)} bytes."));
    }

    /// <summary>How many records, consents and log entries were written.</summary>
    private static async Task<long> WriteAsync(Run run, ISession session, Stream to)
    {
        using var progress = run.Out.Progress("exporting");
        var counted = new Counted(progress);
        await session.ExportAsync(to, counted, run.Cancellation);
        return counted.Items;
    }

    private sealed class Counted(ProgressLine line) : IProgress<long>
    {
        internal long Items { get; private set; }

        public void Report(long value) => line.Report(Items = value);
    }
}
