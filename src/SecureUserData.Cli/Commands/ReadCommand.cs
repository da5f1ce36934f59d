using System.CommandLine;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud read</c>.</summary>
internal static class ReadCommand
{
    internal static Command In(CommandLine cli)
    {
        var user = new Option<string>("--user")
        {
            Description = "The user's id or saved name.", HelpName = "ID", Required = true,
        };
        var fields = ScriptOptions.Names("--fields", "The fields to read.");
        var records = new Option<string?>("--records")
        {
            Description = "A collection whose records to read too.", HelpName = "COLLECTION",
        };
        return cli.Command(
            "read",
            "Reads a user's data, as a script, if the user allows it. The reading is in the user's log before "
            + "anything is decrypted; so is a refusal.",
            "sud read --as newsletter --user ada --fields email,given_name",
            [user, fields, records, cli.As],
            async run =>
            {
                var names = run.List(fields);
                if (names.Count == 0 && run.Get(records) is null)
                    throw new UsageException("Nothing is asked for: name --fields, --records or both.");
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Script);
                var consent = session.Get(new ConsentId(folder.User(run.Get(user)), session.Script()));
                await ReadAsync(run, consent, names, run.Get(records));
            });
    }

    private static async Task ReadAsync(Run run, IConsent consent, IReadOnlyList<string> names, string? collection)
    {
        using var progress = run.Out.Progress("reading");
        var reading = await consent.ReadAsync(new Selection { Fields = names, Collection = collection });
        var records = reading.Records?.Items.ToList();
        for (var next = reading.Records?.Next; next is not null; )
        {
            run.Cancellation.ThrowIfCancellationRequested();
            var page = (await consent.ReadAsync(new Selection { Collection = collection, Cursor = next })).Records!;
            records!.AddRange(page.Items);
            progress.Report(records.Count);
            next = page.Next;
        }
        run.Out.Show(
            new { reading.Fields, Records = records?.Select(RecordCommands.ToJson) },
            () =>
            {
                run.Out.Details([.. reading.Fields.Select(field => (field.Key, (string?)field.Value))]);
                foreach (var missing in names.Where(name => !reading.Fields.ContainsKey(name)))
                    run.Out.Note($"There is no '{missing}': the user does not have it, or it cannot be masked.");
                if (records is not null) run.Out.Table(
                    ["Id", "Type", "Stored", "Content"],
                    records.Select(IReadOnlyList<string?> (r) =>
                    [
                        r.Info.Id.ToString(), r.Info.ContentType, Output.Time(r.Info.StoredAt),
                        r.Content.TryAsText() ?? $"({r.Info.Bytes} bytes, see 'sud record get' or --json)",
                    ]));
            });
    }
}
