namespace SecureUserData.Load;

/// <summary>Users with ten fields, one of them unique.</summary>
internal sealed class CreateFlow(Installation installation) : Flow
{
    internal override string Limit => "bare writes of the same log, unique-key, state and tag rows";

    internal override Task PrepareAsync() => Task.CompletedTask;

    internal override async Task<int> StepAsync(int caller, int step)
    {
        await installation.CreateUserAsync();
        return 1;
    }
}

/// <summary>One field of different users.</summary>
internal sealed class SetFlow(Installation installation) : Flow
{
    private IReadOnlyList<UserId> _users = [];

    internal override string Limit => "bare writes of the same log and state rows";

    internal override async Task PrepareAsync() => _users = await installation.PickUsersAsync(2_048);

    internal override async Task<int> StepAsync(int caller, int step)
    {
        var user = installation.Session.Get(_users[Pick(caller, step, _users.Count)]);
        await user.SetFieldAsync("suburb", $"Suburb {step}");
        return 1;
    }

    /// <summary>Callers never meet at one user.</summary>
    internal static int Pick(int caller, int step, int count) => (caller + step % (count / Callers) * Callers) % count;
}

/// <summary>Audited readings of three fields of different users.</summary>
internal sealed class ReadFlow(Installation installation, int callers = Flow.Callers) : Flow
{
    private static readonly Selection Selection = new() { Fields = ["email", "given_name", "surname"] };
    private IReadOnlyList<ConsentId> _consents = [];
    private ISession _script = null!;

    internal override string Limit => "bare durable appends of the same log rows";

    protected override int Concurrency => callers;

    /// <summary>A round goes on as long as this does; null for its usual time.</summary>
    internal Task? Beside { get; set; }

    protected override bool GoesOn(TimeSpan elapsed, TimeSpan time) =>
        Beside is { } beside ? !beside.IsCompleted : base.GoesOn(elapsed, time);

    internal override async Task PrepareAsync()
    {
        _script = await installation.SignInAsNewsletterAsync();
        var users = await installation.PickUsersAsync(Callers * 20); // other flows may have added some without consent
        var consents = new ConsentId?[users.Count];
        await Installation.ForEachAsync(users.Count, async i => consents[i] = await ConsentAsync(users[i]));
        _consents = [.. consents.Where(consent => consent is not null).Select(consent => consent!.Value)
            .Take(Callers * 10)];
    }

    private async Task<ConsentId?> ConsentAsync(UserId user)
    {
        try
        {
            var consent = new ConsentId(user, installation.Newsletter);
            await _script.Get(consent).ReadAsync(Selection);
            return consent;
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Denied)
        {
            return null;
        }
    }

    internal override async Task<int> StepAsync(int caller, int step)
    {
        var consent = _consents[SetFlow.Pick(caller, step, _consents.Count)];
        var reading = await _script.Get(consent).ReadAsync(Selection);
        if (reading.Fields.Count != 3) throw new InvalidOperationException("A reading is incomplete.");
        return 1;
    }
}

/// <summary>Look-ups of a user by a unique field.</summary>
/// <param name="installation">The installation.</param>
/// <param name="part">In this part; null for any.</param>
internal sealed class LookUpFlow(Installation installation, int? part = null) : Flow
{
    private readonly string _email = $"{UserId.New()}@example.org";

    internal override string Limit => "bare durable appends of the same log rows";

    internal override Task PrepareAsync() =>
        installation.Session.CreateUserAsync(new Dictionary<string, string> { ["email"] = _email });

    internal override async Task<int> StepAsync(int caller, int step)
    {
        var id = part is { } number ? new LookUpsId(installation.App, number) : LookUpsId.AnyOf(installation.App);
        var found = await installation.Session.Get(id).FindUsersAsync("email", _email);
        if (found.Items.Count != 1) throw new InvalidOperationException("A look-up has not found its user.");
        return 1;
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
        _consents = [.. (await installation.PickUsersAsync(2_048)).Select(user => new ConsentId(user, script))];
    }

    internal override async Task<int> StepAsync(int caller, int step)
    {
        try
        {
            await _script.Get(_consents[SetFlow.Pick(caller, step, _consents.Count)]).ReadAsync(Selection);
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Denied)
        {
            return 1;
        }
        throw new InvalidOperationException("A reading was not refused.");
    }
}

/// <summary>Records of 200 bytes.</summary>
internal sealed class RecordPutFlow(Installation installation) : Flow
{
    private static readonly RecordContent Content = RecordContent.Text(new string('x', 200));
    private IReadOnlyList<UserId> _users = [];

    internal override string Limit => "bare writes of the same log and record rows";

    internal override async Task PrepareAsync() => _users = await installation.PickUsersAsync(2_048);

    internal override async Task<int> StepAsync(int caller, int step)
    {
        var user = installation.Session.Get(_users[SetFlow.Pick(caller, step, _users.Count)]);
        await user.PutRecordAsync("messages", Content);
        return 1;
    }
}

/// <summary>A script that reads three fields of everybody, page by page. Nobody is in memory when a round begins, and
/// there are so many users that it does not come to the same one twice in a round.</summary>
internal sealed class ReadAllFlow(Installation installation) : Flow
{
    private IReadAll _all = null!;
    private string? _cursor;

    internal override string Limit => "bare reads of the same state rows, then bare appends of the same log rows";

    internal override int NeededUsers => 100_000;

    protected override int Concurrency => 1;

    internal override Task PrepareAsync() => Task.CompletedTask;

    internal override async Task BeginAsync()
    {
        await installation.ReopenAsync();
        var session = await installation.SignInAsNewsletterAsync();
        _all = session.Get(new ReadAllId(installation.Newsletter));
    }

    internal override async Task<int> StepAsync(int caller, int step)
    {
        var page = await _all.ReadAsync(["email", "given_name", "surname"], _cursor, Limits.PageItems);
        if (page.Items.Any(reading => reading.Fields.Count != 3))
            throw new InvalidOperationException("A reading is incomplete.");
        _cursor = page.Next;
        return page.Items.Count;
    }
}
