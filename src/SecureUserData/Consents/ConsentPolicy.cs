using SecureUserData.Processing;

namespace SecureUserData.Consents;

/// <summary>The firewall's rules, as functions of the time and what was decided.</summary>
internal static class ConsentPolicy
{
    /// <summary>What a session of an older version is told.</summary>
    internal const string Newer = "The script has a newer version than this session: sign in again.";

    internal static ConsentStatus Status(DateTimeOffset now, ConsentDecision? decision) => decision switch
    {
        null => ConsentStatus.Requested,
        { Status: ConsentStatus.Given, Expires: { } expires } when now >= expires => ConsentStatus.Expired,
        _ => decision.Status,
    };

    /// <summary>Why a script may not read a selection; null when it may.</summary>
    internal static Refusal? Refuse(
        DateTimeOffset now, ConsentDecision? decision, int scriptVersion, Selection selection)
    {
        var status = Status(now, decision);
        if (status != ConsentStatus.Given)
            return new(status.ToString().ToLowerInvariant(), status switch
            {
                ConsentStatus.Requested => "The user has not decided on this script: ask the user.",
                ConsentStatus.Refused => "The user has refused this script.",
                ConsentStatus.Withdrawn => "The user has withdrawn the consent to this script.",
                ConsentStatus.Expired => "The user's consent to this script has expired: ask the user again.",
                _ => "The script has changed since the user decided: ask the user again.",
            });
        if (decision!.ScriptVersion != scriptVersion)
            return new("version", Newer);
        if (!IsWithin(selection, decision))
            return new("scope", "The user has not allowed all of what is asked for: ask for less.");
        return null;
    }

    private static bool IsWithin(Selection selection, ConsentDecision decision)
    {
        foreach (var field in selection.Fields)
            if (!decision.Fields.Contains(field)) return false;
        return selection.Collection is not { } collection || decision.Collections.Contains(collection);
    }

    /// <summary>A decision brought to a newer version of the script: kept within the narrower scope, or
    /// invalidated.</summary>
    internal static ConsentDecision Carry(ConsentDecision decision, ScriptInForce script, DateTimeOffset now)
    {
        var view = script.View;
        var holds = decision.ScriptVersion >= script.NarrowsSince;
        IReadOnlyList<string> fields = holds ? [.. decision.Fields.Intersect(view.Text.Fields)] : [];
        return decision with
        {
            Status = holds ? decision.Status : ConsentStatus.Invalidated,
            ScriptVersion = view.Version,
            Notice = view.Notice,
            Fields = fields,
            Masks = MaskScope.Of(fields, view.Text),
            Collections = holds ? [.. decision.Collections.Intersect(view.Text.Collections)] : [],
            At = now,
        };
    }
}

/// <summary>A refusal.</summary>
/// <param name="Reason">One word for the log.</param>
/// <param name="Message">One line for the script.</param>
internal sealed record Refusal(string Reason, string Message);
