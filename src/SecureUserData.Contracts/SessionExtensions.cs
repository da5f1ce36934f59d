using System.Runtime.CompilerServices;

namespace SecureUserData;

/// <summary>Shorter ways to say what most callers say.</summary>
public static class SessionExtensions
{
    /// <summary>Registers an application, signed in as an operator.</summary>
    public static Task<RegisteredApplication> RegisterApplicationAsync(
        this ISession session, ApplicationSettings settings) =>
        session.Get(new InstallationId()).RegisterApplicationAsync(settings);

    /// <summary>Creates a user under a fresh id, signed in as an application.</summary>
    public static Task<CreatedUser> CreateUserAsync(
        this ISession session, IReadOnlyDictionary<string, string> fields) =>
        session.Get(UserId.New()).CreateAsync(fields);

    /// <summary>Looks users up by an indexed or unique field, signed in as an application
    /// (<see cref="ILookUps.FindUsersAsync"/>); any part of the look-ups answers.</summary>
    /// <param name="session">The application's session.</param>
    /// <param name="field">A field that the application declared unique or indexed.</param>
    /// <param name="value">The value, in any case and Unicode form.</param>
    /// <param name="cursor">Where to go on; null to begin.</param>
    /// <param name="limit">At most this many users, 1 to <see cref="Limits.PageItems"/>.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> for all but applications.</exception>
    public static Task<Page<UserId>> FindUsersAsync(
        this ISession session, string field, string value, string? cursor = null, int limit = 100) =>
        session.Identity is { Kind: CallerKind.Application, App: { } app }
            ? session.Get(LookUpsId.AnyOf(app)).FindUsersAsync(field, value, cursor, limit)
            : throw SecureUserDataException.Denied("Only the application may do this: sign in with that credential.");

    /// <summary>Registers a script under a fresh id, signed in as an application.</summary>
    public static Task<RegisteredScript> RegisterScriptAsync(this ISession session, ScriptText text) =>
        session.Get(ScriptId.New()).RegisterAsync(text);

    /// <summary>Sets one field, signed in as the user or the user's application; null removes it.</summary>
    public static Task SetFieldAsync(this IUser user, string field, string? value) =>
        user.SetFieldsAsync(new Dictionary<string, string?> { [field] = value });

    /// <summary>Writes everything about the signed-in user into a stream, as one JSON document
    /// (<c>docs/export.md</c>). Memory does not grow with what there is.</summary>
    /// <param name="session">Signed in as the user.</param>
    /// <param name="to">Where to; it is left open.</param>
    /// <param name="progress">Told how many records, consents and log entries are written.</param>
    /// <param name="cancellation">Stops it; what is written then is no whole document.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> for all but users.</exception>
    public static Task ExportAsync(
        this ISession session, Stream to, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        session.Identity.Kind == CallerKind.User
            ? new ExportDocument(session, to, progress).WriteAsync(cancellation)
            : throw SecureUserDataException.Denied("Only the user may do this: sign in with that credential.");

    /// <summary>Erases a user, signed in as that user or the user's application.</summary>
    /// <param name="session">Signed in.</param>
    /// <param name="user">Whose data.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops waiting; what was begun is finished nevertheless.</param>
    /// <returns>The finished erasure with its certificate.</returns>
    public static async Task<ErasureView> EraseAsync(
        this ISession session,
        UserId user,
        IProgress<ErasureView>? progress = null,
        CancellationToken cancellation = default)
    {
        while (true)
        {
            var erasure = await session.Get(new ErasureId(user)).RequestAsync();
            progress?.Report(erasure);
            if (erasure.Certificate is not null) return erasure;
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Gives what the script asks for, in the version now in force, and returns what was given.</summary>
    public static async Task<ConsentView> GiveAsync(this IConsent consent, DateTimeOffset? expires = null) =>
        await consent.GiveAsync(new ConsentGrant((await consent.GetAsync()).Script.Notice) { Expires = expires });

    /// <summary>Has a whole run of retention done, signed in as the application.</summary>
    /// <param name="retention">The application's retention.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it between two slices; it goes on by itself later.</param>
    /// <returns>The report of the run.</returns>
    public static async Task<RetentionReport> RunToEndAsync(
        this IRetention retention,
        IProgress<RetentionCounts>? progress = null,
        CancellationToken cancellation = default)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var report = await retention.RunAsync();
            if (report.Current is not { } run) return report;
            progress?.Report(run.Counts);
            report = await retention.GetAsync();
            if (report.Current is null) return report; // a wake-up has done the rest: another run would be in vain
        }
    }

    /// <summary>Counts what a whole run of retention would erase now, signed in as the application.</summary>
    /// <param name="retention">The application's retention.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it between two pages.</param>
    public static async Task<RetentionCounts> PreviewToEndAsync(
        this IRetention retention,
        IProgress<RetentionCounts>? progress = null,
        CancellationToken cancellation = default)
    {
        var counts = new RetentionCounts();
        string? cursor = null;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            var page = await retention.PreviewAsync(cursor);
            counts += page.Counts;
            cursor = page.Next;
            progress?.Report(counts);
        }
        while (cursor is not null);
        return counts;
    }

    /// <summary>Follows what happens, signed in as a user, an application or an operator (<see cref="IFollower"/>).
    /// </summary>
    /// <param name="session">Signed in.</param>
    /// <param name="cursor">The cursor of the events before; <see cref="Events.Beginning"/> for all there is; null for
    /// what happens from now on.</param>
    /// <param name="cancellation">Stops it, also while it waits. It does not end otherwise.</param>
    public static async IAsyncEnumerable<Events> FollowAsync(
        this ISession session,
        string? cursor = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var follower = session.Get(FollowerId.New());
        var wait = TimeSpan.FromSeconds(Limits.FollowSeconds);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var events = await follower.NextAsync(cursor, wait: wait).WaitAsync(cancellation);
            if (events.Items.Count > 0) yield return events;
            cursor = events.Cursor;
        }
    }

    /// <summary>Reads all users who allow it, signed in as a script (<see cref="IReadAll.ReadAsync"/>), page by page.
    /// It can be stopped at any time and gone on with later: the cursor is the id of the last user.</summary>
    /// <param name="session">The script's session.</param>
    /// <param name="fields">What to read.</param>
    /// <param name="cursor">The id of the last user already read; null to begin.</param>
    /// <param name="limit">At most this many users are read ahead, 1 to <see cref="Limits.PageItems"/>.</param>
    /// <param name="cancellation">Stops it between two pages.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> at a user who does not authenticate;
    /// <see cref="SecureUserDataException.Cursor"/> goes on after that user.</exception>
    public static async IAsyncEnumerable<UserReading> ReadAllAsync(
        this ISession session,
        IReadOnlyList<string> fields,
        string? cursor = null,
        int limit = Limits.PageItems,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var script = ScriptId.TryParse(session.Identity.Id, out var id)
            ? session.Get(new ReadAllId(id))
            : throw SecureUserDataException.Denied("Only the script may do this: sign in with that credential.");
        do
        {
            cancellation.ThrowIfCancellationRequested();
            var page = await script.ReadAsync(fields, cursor, limit);
            foreach (var reading in page.Items) yield return reading;
            cursor = page.Next;
        }
        while (cursor is not null);
    }
}
