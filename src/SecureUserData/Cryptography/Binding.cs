using System.Buffers.Binary;
using System.Text;

namespace SecureUserData.Cryptography;

/// <summary>What an envelope is bound to: purpose, application, user and place. Moved anywhere else, it does not
/// open.</summary>
/// <param name="Purpose">What kind of plaintext it holds.</param>
/// <param name="Application">The application's id, or empty.</param>
/// <param name="User">The id of the user or other entity it belongs to, or empty.</param>
/// <param name="Place">Where it stands there, such as <c>field/email</c>.</param>
internal readonly record struct Binding(string Purpose, string Application, string User, string Place)
{
    /// <summary>Further parts, each bound like the others.</summary>
    internal IReadOnlyList<string> More { get; init; } = [];

    internal static Binding Field(string app, string user, string name) =>
        new("field", app, user, $"field/{name}");

    internal static Binding Record(string app, string user, string collection, RecordId id) =>
        new("record", app, user, $"record/{collection}/{id}");

    internal static Binding UserKey(string app, string user) => new("key", app, user, "user-key");

    internal static Binding ApplicationKey(string app, string purpose, int version) =>
        new("key", app, "", $"{purpose}-key/{version}");

    /// <summary>The state of an entity, with its version and its tags.</summary>
    internal static Binding State(string owner, string entity, long version, IReadOnlyList<string> tags) =>
        new("state", owner, entity, $"state/{version}") { More = tags };

    /// <summary>The associated data <c>{ header || length || purpose || length || application || … }</c>, each length
    /// four bytes, big-endian, so that no two bindings look alike.</summary>
    internal int Write(ReadOnlySpan<byte> header, Span<byte> to)
    {
        header.CopyTo(to);
        var at = header.Length;
        at = Append(to, at, Purpose);
        at = Append(to, at, Application);
        at = Append(to, at, User);
        at = Append(to, at, Place);
        foreach (var part in More) at = Append(to, at, part);
        return at;
    }

    /// <summary>As many bytes as <see cref="Write"/> needs at the most.</summary>
    internal int MaxLength(int header)
    {
        var characters = Purpose.Length + Application.Length + User.Length + Place.Length;
        foreach (var part in More) characters += part.Length;
        return header + (4 + More.Count) * 4 + characters * 3;
    }

    private static int Append(Span<byte> to, int at, string part)
    {
        var length = Encoding.UTF8.GetBytes(part, to[(at + 4)..]);
        BinaryPrimitives.WriteInt32BigEndian(to[at..], length);
        return at + 4 + length;
    }
}
