using SecureUserData.Faults.Tests.Model;

namespace SecureUserData.Faults.Tests.Simulation;

// What happens in a year.
internal sealed partial class Year
{
    private static readonly string[] Names = ["city", "email", "name"];
    private static readonly string[] Cities = ["London", "Zürich", "Σπάτα", "Århus"];

    private IEnumerable<Resident> Living => _residents.Where(resident => !resident.Erased);

    private async Task ActAsync()
    {
        var act = _random.Next(100);
        if (Living.Count() < 3 || (act < 12 && Living.Count() < _users)) await DoAsync("creations", CreateAsync);
        else if (act < 24) await DoAsync("writes of fields", SetAsync);
        else if (act < 38) await DoAsync("acts on records", RecordAsync);
        else if (act < 52) await DoAsync("decisions", DecideAsync);
        else if (act < 70) await DoAsync("readings", ReadAsync);
        else if (act < 74) await DoAsync("readings of all", ReadAllAsync);
        else if (act < 84) await DoAsync("look-ups", LookUpAsync);
        else if (act < 88) await DoAsync("pauses", PauseAsync);
        else if (act < 92) await DoAsync("looks by users", CompareAsync);
        else if (act < 94) await DoAsync("versions of scripts", ChangeScriptAsync);
        else if (act < 96) await DoAsync("erasures", EraseAsync);
        else if (act < 97) await DoAsync("rules of retention", SetRetentionAsync);
        else if (act < 99) await DoAsync("rotations", RotateAsync);
        else await DoAsync("strangers", StrangerAsync);
    }

    private Task DoAsync(string what, Func<Task> act) => DoAsync(what, _ => act());

    private async Task DoAsync(string what, Func<Resident, Task> act)
    {
        var living = Living.ToList();
        var resident = living.Count == 0 ? null : living[_random.Next(living.Count)];
        _history.Enqueue($"{Now:s} {what} {resident?.Id}");
        if (_history.Count > 30) _history.Dequeue();
        await act(resident!);
        Count(what);
    }

    private async Task CreateAsync()
    {
        var resident = new Resident(UserId.New());
        var (email, name) = (Email(), $"name {_labels++}");
        var fields = new Dictionary<string, string> { ["email"] = email, ["name"] = name };
        var app = await App;
        if (Holders("email", email).Any())
        {
            await RefusedAsync(ErrorCode.Conflict, () => app.Get(resident.Id).CreateAsync(fields));
            return;
        }
        var created = await app.Get(resident.Id).CreateAsync(fields);
        resident.Credential = await _silo.ClaimAsync(created.ClaimCode);
        foreach (var (field, value) in fields) resident.Set(field, value, Now);
        _residents.Add(resident);
    }

    private async Task SetAsync(Resident resident)
    {
        var field = Names[_random.Next(Names.Length)];
        var value = _random.Next(8) == 0 ? null : field switch
        {
            "email" => Email(),
            "city" => InAnyForm(Cities[_random.Next(Cities.Length)]),
            _ => $"name {_random.Next(3)}", // the same again now and then
        };
        var user = (_random.Next(2) == 0 ? await App : await SessionAsync(resident)).Get(resident.Id);
        if (field == "email" && value is not null && Holders(field, value).Any(holder => holder != resident))
        {
            await RefusedAsync(ErrorCode.Conflict, () => user.SetFieldAsync(field, value));
            return;
        }
        await user.SetFieldAsync(field, value);
        resident.Set(field, value, Now);
    }

    private async Task RecordAsync(Resident resident)
    {
        var user = (await App).Get(resident.Id);
        var text = $"letter {_labels++}";
        RecordId? known = resident.Records.Count == 0
            ? null
            : resident.Records.Keys.ElementAt(_random.Next(resident.Records.Count));
        switch (_random.Next(5))
        {
            case 0 when known is { } id:
                await user.DeleteRecordAsync(Act.Letters, id);
                resident.Records.Remove(id);
                await RefusedAsync(ErrorCode.NotFound, () => user.DeleteRecordAsync(Act.Letters, id));
                break;
            case 1 when known is { } id:
                await user.PutRecordAsync(Act.Letters, RecordContent.Text(text), id);
                resident.Records[id] = (text, Now);
                break;
            case 2 when known is { } id:
                var own = (await SessionAsync(resident)).Get(resident.Id);
                Assert.Equal(
                    resident.Records[id].Text, (await own.GetRecordAsync(Act.Letters, id)).Content.AsText());
                break;
            default:
                resident.Records[await user.PutRecordAsync(Act.Letters, RecordContent.Text(text))] = (text, Now);
                break;
        }
    }

    private async Task DecideAsync(Resident resident)
    {
        var (script, text) = AnyScript();
        var consent = (await SessionAsync(resident)).Get(new ConsentId(resident.Id, script));
        switch (_random.Next(6))
        {
            case 0:
                await consent.RefuseAsync();
                resident.Permissions[script] = new Permission(ConsentStatus.Refused, [], false, null);
                break;
            case 1 when resident.Status(script, Now) != ConsentStatus.Given:
                await RefusedAsync(ErrorCode.Conflict, consent.WithdrawAsync);
                break;
            case 1:
                await consent.WithdrawAsync();
                resident.Permissions[script] = new Permission(ConsentStatus.Withdrawn, [], false, null);
                break;
            default:
                string[] fields = [.. text.Fields.Where(_ => _random.Next(4) > 0)];
                DateTimeOffset? expires = _random.Next(3) == 0 ? Now.AddDays(_random.Next(1, 30)) : null;
                await consent.GiveAsync(new ConsentGrant((await consent.GetAsync()).Script.Notice)
                {
                    Fields = fields,
                    Expires = expires,
                });
                resident.Permissions[script] = new Permission(ConsentStatus.Given, [.. fields], true, expires);
                break;
        }
        Assert.Equal(resident.Status(script, Now), (await consent.GetAsync()).Status);
    }

    private async Task ReadAsync()
    {
        var resident = _residents[_random.Next(_residents.Count)];
        var (script, text) = AnyScript();
        string[] fields = [.. text.Fields.Where(_ => _random.Next(2) == 0)];
        var records = fields.Length == 0 || _random.Next(2) == 0;
        var consent = (await ScriptAsync(script)).Get(new ConsentId(resident.Id, script));
        var selection = new Selection { Fields = fields, Collection = records ? Act.Letters : null, Limit = 1_000 };
        if (!resident.Allows(script, fields, records, Now))
        {
            await RefusedAsync(
                resident.Erased ? ErrorCode.Erased : ErrorCode.Denied, () => consent.ReadAsync(selection));
            return;
        }
        var reading = await consent.ReadAsync(selection);
        resident.Readings.Add(Now);
        Count("readings that were allowed");
        Assert.Equal(resident.Values(fields), reading.Fields.ToDictionary());
        Assert.Equal(
            records ? resident.Records.Values.Select(record => record.Text).ToHashSet() : null,
            reading.Records?.Items.Select(record => record.Content.AsText()).ToHashSet());
    }

    private async Task ReadAllAsync()
    {
        var (script, text) = AnyScript();
        string[] fields = [text.Fields[_random.Next(text.Fields.Count)]];
        var session = await ScriptAsync(script);
        var read = new Dictionary<UserId, string>();
        await foreach (var reading in session.ReadAllAsync(fields, limit: 7))
            read.Add(reading.User, string.Join(' ', reading.Fields.Values));
        var allowing = _residents.Where(resident => resident.Allows(script, fields, false, Now)).ToList();
        Assert.Equal(
            allowing.ToDictionary(resident => resident.Id, resident => resident[fields[0]] ?? ""), read);
        foreach (var resident in allowing) resident.Readings.Add(Now);
    }

    private async Task LookUpAsync()
    {
        var field = Names[_random.Next(2)];
        var value = field == "email" ? Email() : InAnyForm(Cities[_random.Next(Cities.Length)]);
        Assert.Equal(
            Holders(field, value).Select(resident => resident.Id).ToHashSet(),
            (await (await App).FindUsersAsync(field, value, limit: 1_000))
                .Items.ToHashSet());
    }

    private async Task PauseAsync(Resident resident)
    {
        var self = (await SessionAsync(resident)).Get(resident.Id);
        resident.Paused = _random.Next(3) == 0;
        await (resident.Paused ? self.PauseAsync() : self.ResumeAsync());
    }

    /// <summary>Another version that asks for less, or for more again.</summary>
    private async Task ChangeScriptAsync()
    {
        var (script, before) = AnyScript();
        string[] fields = [.. Names.Where(name => name == "name" || _random.Next(4) > 0)];
        var text = before with { Fields = fields };
        await (await App).Get(script).AddVersionAsync(text);
        foreach (var resident in Living)
            if (resident.Permissions.TryGetValue(script, out var permission))
                resident.Permissions[script] = permission.Under(text, fields.Except(before.Fields).Any());
        _scripts[script] = (_scripts[script].Credential, text);
        _sessions.Remove($"{script}"); // an old session is of the old version
    }

    private async Task EraseAsync(Resident resident)
    {
        var session = _random.Next(2) == 0 ? await App : await SessionAsync(resident);
        Assert.NotNull((await session.EraseAsync(resident.Id)).Certificate);
        resident.Erased = true;
        await AssertErasedAsync(resident);
    }

    private async Task SetRetentionAsync()
    {
        static TimeSpan Days(int days) => TimeSpan.FromDays(days);
        _rules = new RetentionRules
        {
            Fields = Names.Where(_ => _random.Next(2) == 0).ToDictionary(name => name, _ => Days(_random.Next(5, 60))),
            Collections = new Dictionary<string, TimeSpan> { [Act.Letters] = Days(_random.Next(5, 60)) },
            Log = Days(_random.Next(20, 90)),
        };
        await (await App).Get(AppId.Parse((await App).Identity.Id)).SetRetentionAsync(_rules);
        _nextRetention = Now;
        await PassAsync(TimeSpan.Zero);
    }

    /// <summary>Keys of any kind; the run goes on by itself as time passes.</summary>
    private async Task RotateAsync()
    {
        var kinds = Enum.GetValues<KeyKind>();
        var kind = kinds[_random.Next(1, kinds.Length)];
        var rotation = (await App).Get(new RotationId(AppId.Parse((await App).Identity.Id)));
        if ((await rotation.GetAsync()).Current is { } run) Assert.Equal(0, run.Failed);
        else await rotation.StartAsync(kind);
    }

    /// <summary>Another application sees nobody.</summary>
    private async Task StrangerAsync(Resident resident)
    {
        var other = await SessionAsync("other", _other);
        await RefusedAsync(ErrorCode.NotFound, () => other.Get(resident.Id).SetFieldAsync("name", "mine"));
        await RefusedAsync(ErrorCode.NotFound, () => other.EraseAsync(resident.Id));
        Assert.Empty((await other.Get(AppId.Parse(other.Identity.Id)).ListUsersAsync()).Items);
    }

    private (ScriptId Id, ScriptText Text) AnyScript()
    {
        var (id, script) = _scripts.ElementAt(_random.Next(_scripts.Count));
        return (id, script.Text);
    }

    private Task<ISession> ScriptAsync(ScriptId script) => SessionAsync($"{script}", _scripts[script].Credential);

    private IEnumerable<Resident> Holders(string field, string value) =>
        Living.Where(resident => resident[field] is { } held && Alike(held) == Alike(value));

    private string Email() => InAnyForm($"user{_random.Next(_users)}@example.org");

    /// <summary>Forms of a value that count as the same one.</summary>
    private string InAnyForm(string value) => _random.Next(4) switch
    {
        0 => value.ToUpperInvariant(),
        1 => $" {value}  ",
        2 => value.Normalize(System.Text.NormalizationForm.FormD),
        _ => value,
    };

    private static string Alike(string value) =>
        value.Trim().Normalize(System.Text.NormalizationForm.FormKC).ToUpperInvariant();
}
