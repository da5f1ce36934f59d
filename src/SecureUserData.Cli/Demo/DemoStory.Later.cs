using System.Text;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Cli.Demo;

// What comes after the first reading: records, second thoughts, and a look from outside.
internal sealed partial class DemoStory
{
    private async Task KeepRecordsAsync() => await steps.DoAsync(
        "Put a record into the collection 'loans' and read it, as the user and as the script",
        "the same bytes",
        async () =>
        {
            var id = await _app.Get(_users[0].Id).PutRecordAsync("loans", RecordContent.Json(DemoPeople.Loan));
            var own = await _sessions[0].Get(_users[0].Id).GetRecordAsync("loans", id);
            var script = await Engine.SignInAsync(_script);
            var reading = await script.Get(new ConsentId(_users[0].Id, _scriptId)).ReadAsync(
                new Selection { Collection = "loans" });
            DemoSteps.Check(own.Content.AsText() == DemoPeople.Loan, "the user reads something else");
            DemoSteps.Check(
                reading.Records is { Items: [var only] } && only.Content.AsText() == DemoPeople.Loan,
                "the script reads something else");
            return $"{own.Info.Bytes} bytes of {own.Info.ContentType}";
        });

    private async Task RotateAsync() => await steps.DoAsync(
        "Rotate the application's key, and everybody reads the own profile",
        "everybody is under the new key, and reads on",
        async () =>
        {
            var rotation = _app.Get(new RotationId(AppId.Parse(_app.Identity.Id)));
            await rotation.StartAsync(KeyKind.Application);
            var run = (await rotation.RunAheadAsync()).Current!;
            DemoSteps.Check(run.Moved == _users.Count, $"{run.Moved} were moved");
            foreach (var (session, i) in _sessions.Select((session, i) => (session, i)))
            {
                var profile = await session.Get(_users[i].Id).GetAsync();
                DemoSteps.Check(profile.Fields.ToHashSet().SetEquals(DemoPeople.All[i]), "a profile differs");
            }
            return $"{run.Moved} users under version {run.To}; version {run.From} is destroyed after "
                + $"{run.GoesOn - run.Started:mm} minutes at the earliest";
        });

    private async Task MaskAsync() => await steps.DoAsync(
        "Register the script 'Statistics' for an initial, an e-mail domain and the last 4 of the phone number; the "
        + "second user gives consent, and it reads",
        "that and no more, and the log says so",
        async () =>
        {
            var text = new ScriptText("Statistics", "Count readers", LegalBasis.Consent)
            {
                Fields = ["given_name", "email", "phone"],
                Masks = new Dictionary<string, FieldMask>
                {
                    ["given_name"] = FieldMask.Initial,
                    ["email"] = FieldMask.EmailDomain,
                    ["phone"] = FieldMask.LastFour,
                },
            };
            var registered = await _app.RegisterScriptAsync(text);
            var id = new ConsentId(_users[1].Id, registered.Id);
            await _sessions[1].Get(id).GiveAsync();
            var script = await Engine.SignInAsync(registered.Credential);
            var reading = await script.Get(id).ReadAsync(new Selection { Fields = text.Fields });
            var seen = string.Join(", ", text.Fields.Select(field => reading.Fields[field]));
            DemoSteps.Check(seen == DemoPeople.SecondMasked, $"it reads {seen}");
            var log = await _sessions[1].Get(_users[1].Id).ReadLogAsync(limit: Limits.PageItems);
            var names = string.Join(", ", log[^1].Names);
            DemoSteps.Check(
                names == "field/given_name:initial, field/email:domain, field/phone:last4", $"the log says {names}");
            return $"{seen}; in the log: {names}";
        });

    private async Task StopAsync()
    {
        await steps.DoAsync("The user pauses all processing, and the script reads", "refused", async () =>
        {
            await _sessions[0].Get(_users[0].Id).PauseAsync();
            return await DemoSteps.RefusedAsync(ErrorCode.Denied, () => ReadAsync(0, "email"));
        });
        await steps.DoAsync("The user resumes it, and the script reads", "it reads again", async () =>
        {
            await _sessions[0].Get(_users[0].Id).ResumeAsync();
            return $"{(await ReadAsync(0, "email")).Fields.Count} field";
        });
        await steps.DoAsync("The user withdraws the consent, and the script reads", "refused", async () =>
        {
            var view = await FirstConsent.WithdrawAsync();
            DemoSteps.Check(view.Status == ConsentStatus.Withdrawn, $"it is {view.Status}");
            return await DemoSteps.RefusedAsync(ErrorCode.Denied, () => ReadAsync(0, "email"));
        });
    }

    private async Task ChangeScriptAsync() => await steps.DoAsync(
        "The second user gives consent, and the script comes in a version that asks for more",
        "the consent is invalid, and reading is refused",
        async () =>
        {
            var consent = _sessions[1].Get(new ConsentId(_users[1].Id, _scriptId));
            await consent.GiveAsync();
            await ReadAsync(1, "email");
            await _app.Get(_scriptId).AddVersionAsync(Text("phone"));
            var refusal = await DemoSteps.RefusedAsync(ErrorCode.Denied, () => ReadAsync(1, "email"));
            var view = await consent.GetAsync();
            DemoSteps.Check(view.Status == ConsentStatus.Invalidated, $"it is {view.Status}");
            return refusal;
        });

    private async Task ReadTheOwnLogAsync() => await steps.DoAsync(
        "The first user reads the own log", "3 readings by the script and 4 refusals, with the purpose", async () =>
        {
            var log = await _sessions[0].Get(_users[0].Id).ReadLogAsync(limit: Limits.PageItems);
            var read = log.Count(entry => entry.Activity == Activity.DataRead && entry.Purpose == Purpose);
            var refused = log.Where(entry => entry.Activity == Activity.ReadRefused).Sum(entry => entry.Count);
            DemoSteps.Check(read == 3 && refused == 4, $"{read} readings and {refused} refusals");
            DemoSteps.Check(
                log.Any(entry => entry.Activity == Activity.ClaimRefused), "the second claim is not there");
            return $"{log.Count} entries, among them {read} readings, {refused} refusals and the second claim";
        });

    private async Task VerifyTheLogAsync() => await steps.DoAsync(
        "Verify the whole access log, with the erased user's entries in it", "it holds", async () =>
        {
            var verified = await Engine.VerifyLogAsync();
            return $"{verified.Entries} entries in {verified.Chains} chains";
        });

    private async Task LookAtTheFilesAsync()
    {
        await steps.DoAsync(
            "Close it and search every byte of the data folder for every value that was put in",
            "none is found, and the purpose, which the log holds in the open, is",
            async () =>
            {
                await Engine.DisposeAsync();
                var values = Values().ToList();
                var found = values.Sum(value => ByteSearch.Count(folder, value));
                DemoSteps.Check(found == 0, $"{found} places hold a value");
                var control = ByteSearch.Count(folder, Encoding.UTF8.GetBytes(Purpose));
                DemoSteps.Check(control > 0, "the search does not find what is there");
                return $"0 of {values.Count} values; the purpose {control} times";
            });
        await steps.DoAsync("Open it with another master key", "refused", async () =>
        {
            using var other = MasterKeyRing.Parse(MasterKeyRing.Generate());
            return await DemoSteps.RefusedAsync(ErrorCode.Unavailable, () => EmbeddedEngine.OpenAsync(folder, other));
        });
        await steps.DoAsync("Flip one bit of one byte in the log and verify it", "the place is found", async () =>
        {
            Flip();
            var seen = await DemoSteps.RefusedAsync(ErrorCode.Tampered, VerifyAsync);
            Flip();
            await VerifyAsync(); // flipped back, it holds
            return seen;
        });
    }

    private async Task VerifyAsync()
    {
        await using var engine = await EmbeddedEngine.OpenAsync(folder, _masters);
        await engine.VerifyLogAsync();
    }

    /// <summary>Turns a bit of the first purpose in the log around.</summary>
    private void Flip()
    {
        var tail = Encoding.UTF8.GetBytes(Purpose)[1..];
        foreach (var file in Directory.EnumerateFiles(folder, "*.db"))
        {
            var bytes = File.ReadAllBytes(file);
            var at = bytes.AsSpan().IndexOf(tail) - 1;
            if (at < 0) continue;
            bytes[at] ^= 1;
            File.WriteAllBytes(file, bytes);
            return;
        }
        throw new CommandException("there is no entry to change");
    }
}
