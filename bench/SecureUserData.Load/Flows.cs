namespace SecureUserData.Load;

/// <summary>Users with ten fields, one of them unique.</summary>
internal sealed class CreateFlow(Installation installation) : Flow
{
    internal override string Limit => "bare writes of the same log, unique-key, state and tag rows";

    internal override Task PrepareAsync() => Task.CompletedTask;

    internal override Task StepAsync(int caller, int step) =>
        installation.Session.CreateUserAsync(Installation.Profile($"caller{caller}step{step}"));
}

/// <summary>One field of different users.</summary>
internal sealed class SetFlow(Installation installation) : Flow
{
    private IReadOnlyList<CreatedUser> _users = [];

    internal override string Limit => "bare writes of the same log and state rows";

    internal override async Task PrepareAsync() => _users = await installation.CreateUsersAsync(2_048);

    internal override Task StepAsync(int caller, int step) =>
        installation.Session.Get(_users[Pick(caller, step, _users.Count)].Id).SetFieldAsync("suburb", $"Suburb {step}");

    /// <summary>Callers never meet at one user.</summary>
    internal static int Pick(int caller, int step, int count) => (caller + step % (count / Callers) * Callers) % count;
}

/// <summary>Audited readings of three fields of different users.</summary>
internal sealed class ReadFlow(Installation installation) : Flow
{
    private static readonly Selection Selection = new() { Fields = ["email", "given_name", "surname"] };
    private IReadOnlyList<ConsentId> _consents = [];
    private ISession _script = null!;

    internal override string Limit => "bare durable appends of the same log rows";

    internal override async Task PrepareAsync()
    {
        var (script, session) = await installation.RegisterScriptAsync();
        _script = session;
        var users = await installation.CreateUsersAsync(Callers * 10);
        await Parallel.ForEachAsync(users, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (user, _) =>
            await installation.GiveAsync(user, script));
        _consents = [.. users.Select(user => new ConsentId(user.Id, script))];
    }

    internal override async Task StepAsync(int caller, int step)
    {
        var consent = _consents[SetFlow.Pick(caller, step, _consents.Count)];
        var reading = await _script.Get(consent).ReadAsync(Selection);
        if (reading.Fields.Count != 3) throw new InvalidOperationException("A reading is incomplete.");
    }
}

/// <summary>Readings that users have not allowed; equal ones become one entry with a count.</summary>
internal sealed class RefusedFlow(Installation installation) : Flow
{
    private static readonly Selection Selection = new() { Fields = ["email"] };
    private IReadOnlyList<ConsentId> _consents = [];
    private ISession _script = null!;

    internal override string? Limit => null;

    internal override async Task PrepareAsync()
    {
        var (script, session) = await installation.RegisterScriptAsync();
        _script = session;
        _consents = [.. (await installation.CreateUsersAsync(2_048)).Select(user => new ConsentId(user.Id, script))];
    }

    internal override async Task StepAsync(int caller, int step)
    {
        try
        {
            await _script.Get(_consents[SetFlow.Pick(caller, step, _consents.Count)]).ReadAsync(Selection);
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Denied)
        {
            return;
        }
        throw new InvalidOperationException("A reading was not refused.");
    }
}

/// <summary>Records of 200 bytes.</summary>
internal sealed class RecordPutFlow(Installation installation) : Flow
{
    private static readonly RecordContent Content = RecordContent.Text(new string('x', 200));
    private IReadOnlyList<CreatedUser> _users = [];

    internal override string Limit => "bare writes of the same log and record rows";

    internal override async Task PrepareAsync() => _users = await installation.CreateUsersAsync(2_048);

    internal override Task StepAsync(int caller, int step) =>
        installation.Session.Get(_users[SetFlow.Pick(caller, step, _users.Count)].Id)
            .PutRecordAsync("messages", Content);
}
