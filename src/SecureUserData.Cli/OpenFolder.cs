using SecureUserData.Cli.Keys;
using SecureUserData.Embedded;

namespace SecureUserData.Cli;

/// <summary>An open data folder with the credentials saved for it. While it is open no other process has it, so nobody
/// else saves credentials for it either.</summary>
internal sealed class OpenFolder : IAsyncDisposable
{
    private readonly AnchorSchedule? _anchors;
    private readonly Run _run;

    private OpenFolder(EmbeddedEngine engine, MasterKey key, SavedCredentials saved, AnchorSchedule? anchors, Run run)
    {
        Engine = engine;
        Saved = saved;
        Key = key;
        _anchors = anchors;
        _run = run;
    }

    internal EmbeddedEngine Engine { get; }

    internal SavedCredentials Saved { get; }

    internal MasterKey Key { get; }

    internal static async Task<OpenFolder> OpenAsync(Run run)
    {
        if (!EmbeddedEngine.Exists(run.Folder))
            throw new CommandException(
                $"There is no installation in {run.Folder}: run 'sud init', or name another folder with --data.");
        var anchors = AnchorSettings.Find(run.Around, run.Folder);
        var key = MasterKey.Find(run.Around, run.Folder, run.Out);
        try
        {
            using var progress = run.Out.Progress("opening");
            var engine = await EmbeddedEngine.OpenAsync(run.Folder, key.Ring, run.Around.Options);
            try
            {
                return new OpenFolder(
                    engine, key, SavedCredentials.Load(run.Around, run.Folder, run.Out), anchors, run);
            }
            catch
            {
                await engine.DisposeAsync();
                throw;
            }
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>SUD_CREDENTIAL, the saved credential of this name, or the only one of these kinds.</summary>
    internal Credential Credential(string? name, params CallerKind[] kinds) =>
        _run.Around.Variable("SUD_CREDENTIAL") is { Length: > 0 } text
            ? new Credential(text)
            : Saved.Choose(name, kinds);

    /// <summary>A user's id, or the id saved under a name.</summary>
    internal UserId User(string text) => UserId.TryParse(text, out var id) || UserId.TryParse(Saved.IdOf(text), out id)
        ? id
        : throw new UsageException($"'{text}' is neither a user id (usr_…) nor the saved name of a user.");

    /// <summary>The user meant: a signed-in user's own, otherwise the one named.</summary>
    internal UserId UserOf(ISession session, string? text)
    {
        if (text is not null) return User(text);
        return session.Identity.Kind == CallerKind.User
            ? UserId.Parse(session.Identity.Id)
            : throw new UsageException("--user is missing: say whose data it is.");
    }

    /// <summary>A script's id, or the id saved under a name.</summary>
    internal ScriptId Script(string text) =>
        ScriptId.TryParse(text, out var id) || ScriptId.TryParse(Saved.IdOf(text), out id)
            ? id
            : throw new UsageException($"'{text}' is neither a script id (scr_…) nor the saved name of a script.");

    public async ValueTask DisposeAsync()
    {
        await WriteDueAnchorAsync();
        await Engine.DisposeAsync();
        Key.Dispose();
    }

    /// <summary>What the command did is done: it does not fail because of this.</summary>
    private async Task WriteDueAnchorAsync()
    {
        if (_anchors is null || _run.Cancellation.IsCancellationRequested) return;
        using var progress = _run.Out.Progress("anchoring the log", Engine.GetStatus().LogEntries);
        try
        {
            if (await Engine.WriteDueAnchorAsync(_anchors, progress, _run.Cancellation) is { } written)
                _run.Out.Note($"An anchor of the access log is in {written.File}.");
        }
        catch (SecureUserDataException e)
        {
            _run.Out.Warn($"no anchor of the access log was written. {e.Message}");
        }
        catch (OperationCanceledException)
        {
            _run.Out.Warn("no anchor of the access log was written: it was stopped. The next command writes it.");
        }
    }
}
