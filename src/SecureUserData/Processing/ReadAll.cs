using SecureUserData.Access;
using SecureUserData.Consents;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Processing;

/// <summary>A script's reading of all users who allow it: it goes over the index of given consents and asks each of
/// them. It owns nothing and decides nothing.</summary>
public class ReadAll(ReadAllId id, IEntityContext context, DomainServices services) : IReadAll, IActivation
{
    /// <inheritdoc/>
    public async Task<Page<UserReading>> ReadAsync(
        IReadOnlyList<string> fields, string? cursor = null, int limit = 100)
    {
        context.Caller.Demand(CallerKind.Script);
        if (context.Caller.Script != id.Script) throw SecureUserDataException.NotFound("script");
        Names.CheckLimit(limit);
        UserId? after = cursor is null ? null : UserId.Parse(cursor);
        var selection = new Selection { Fields = Names.CheckAll(fields, "field") };
        await DemandScopeAsync(selection.Fields);
        var page = new ReadAllPage(selection.Fields.Count);
        for (var left = limit; ; left -= ReadAllPage.MaxUnderWay)
        {
            var wanted = Math.Min(left, ReadAllPage.MaxUnderWay);
            var found = await services.Ports.States.FindAsync(ConsentState.GivenTag(id.Script), After(after), wanted);
            foreach (var (name, stored) in found)
            {
                if (!await page.HasRoomAsync()) return await page.EndAsync(more: true);
                if (!ConsentId.TryParse(name, out var consent) || consent.Script != id.Script)
                    return await page.EndAsync(
                        more: true, SecureUserDataException.Tampered($"the index of the consents to {id.Script}"));
                after = consent.User;
                page.Add(consent.User, ReadAsync(consent, stored, selection));
            }
            if (found.Count < wanted) return await page.EndAsync(more: false);
            if (left == wanted) return await page.EndAsync(more: true);
        }
    }

    /// <inheritdoc/>
    public Task ActivateAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task UnloadAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task WakeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Refuses what is outside the script's own version in force, before any user is touched.</summary>
    private async Task DemandScopeAsync(IReadOnlyList<string> fields)
    {
        if (fields.Count == 0) throw SecureUserDataException.Invalid("Nothing is asked for: name at least one field.");
        var script = (await context.Internal<IScriptInternals>(id.Script).DescribeAsync()).View;
        if (script.Version != context.Caller.ScriptVersion) throw SecureUserDataException.Denied(ConsentPolicy.Newer);
        if (fields.Except(script.Text.Fields).Any())
            throw SecureUserDataException.Denied("The script does not ask users for all of these fields: name fewer.");
    }

    /// <summary>An index row that somebody else wrote must not pass for a consent that is given: the consent is not
    /// even asked.</summary>
    private Task<Reading?> ReadAsync(ConsentId consent, StoredState stored, Selection selection) =>
        stored.Tags.Contains(ConsentState.GivenTag(id.Script))
            ? context.Internal<IConsentInternals>(consent).TryReadAsync(selection)
            : Task.FromException<Reading?>(SecureUserDataException.Tampered($"the tags of {consent}"));

    /// <summary>The text that stands just before the consents of the users after this one.</summary>
    private string? After(UserId? user) => user is null ? null : new ConsentId(user.Value, id.Script).ToString();
}
