namespace SecureUserData.Ports;

/// <summary>Finds states by tag.</summary>
public interface IStateIndex
{
    /// <summary>The states that carry a tag, in the order of their ids. No transaction stays open between
    /// pages.</summary>
    /// <param name="tag">The tag; equal or not, nothing else.</param>
    /// <param name="after">Only ids after this text; null to begin.</param>
    /// <param name="limit">At most this many.</param>
    ValueTask<IReadOnlyList<TaggedState>> FindAsync(string tag, string? after, int limit);

    /// <summary>The ids of the same states, for who asks the entities themselves.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="after">Only ids after this text; null to begin.</param>
    /// <param name="limit">At most this many.</param>
    ValueTask<IReadOnlyList<string>> FindIdsAsync(string tag, string? after, int limit);

    /// <summary>The states whose ids begin with a text, in the order of their ids; for kinds of entities that carry no
    /// tag.</summary>
    /// <param name="prefix">What the ids begin with; they are longer.</param>
    /// <param name="after">Only ids after this text; null to begin.</param>
    /// <param name="limit">At most this many.</param>
    ValueTask<IReadOnlyList<TaggedState>> ListAsync(string prefix, string? after, int limit);

    /// <summary>Cuts the states that carry a tag into parts of about the same size.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="parts">How many parts, at the most.</param>
    ValueTask<TagParts> DivideAsync(string tag, int parts);

    /// <summary>Checks that every state is found by each of its tags, and by no other. Whether the tags are the state's
    /// own is seen when the state is opened.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the place.</exception>
    Task CheckAsync();
}

/// <summary>How the states that carry a tag are cut into parts.</summary>
/// <param name="Count">How many there are in all.</param>
/// <param name="Ends">The last id of each part, in order; none when there is no state.</param>
public sealed record TagParts(long Count, IReadOnlyList<string> Ends);

/// <summary>A state found by tag.</summary>
/// <param name="Id">The text of the entity's id.</param>
/// <param name="State">Its stored state.</param>
public sealed record TaggedState(string Id, StoredState State);
