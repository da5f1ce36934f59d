using System.Text;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Ports;

namespace SecureUserData.Migrate;

/// <summary>One kind of what is stored, the same at both ends.</summary>
/// <param name="Name">What messages call one of them.</param>
/// <param name="Id">What no two of them have in common; both ends read them in the order of its bytes.</param>
/// <param name="AreEqual">Whether two are the same to the byte.</param>
/// <param name="Bytes">About how large one is.</param>
internal sealed record Kind<T>(string Name, Func<T, string> Id, Func<T, T, bool> AreEqual, Func<T, int> Bytes)
    where T : class;

/// <summary>The kinds, but for the log.</summary>
internal static class Kinds
{
    internal static readonly Kind<TaggedState> States = new(
        "state", one => one.Id, (a, b) => AreEqual(a.State, b.State), one => one.State.Body.Length);

    internal static readonly Kind<NamedRecord> Records = new(
        "record",
        one => $"{one.Key.User}\n{one.Key.Collection}\n{one.Key.Id}",
        (a, b) => a.Envelope.AsSpan().SequenceEqual(b.Envelope),
        one => one.Envelope.Length);

    internal static readonly Kind<UniqueKey> UniqueKeys = new(
        "unique key", one => one.Key, (a, b) => a == b, one => one.Key.Length);

    internal static readonly Kind<Wakeup> Wakeups = new(
        "wake-up of", one => one.Entity, (a, b) => a == b, one => one.Entity.Length);

    internal static readonly Kind<string> Erasures = new(
        "certificate", MongoErasureList.Id, (a, b) => a == b, one => one.Length);

    /// <summary>The order of the bytes in UTF-8, in which both ends keep ids.</summary>
    internal static int Compare(string a, string b) =>
        Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));

    internal static bool AreEqual(StoredState a, StoredState b) =>
        (a.Version, a.Owner) == (b.Version, b.Owner)
        && a.Tags.SequenceEqual(b.Tags)
        && a.Body.AsSpan().SequenceEqual(b.Body);
}

/// <summary>A record and where it is.</summary>
internal sealed record NamedRecord(RecordKey Key, byte[] Envelope);

/// <summary>A unique key and who has it. When it was claimed is not moved: with nobody at work every claim is
/// settled.</summary>
internal sealed record UniqueKey(string Key, string Holder);

/// <summary>Who is to be called when, in milliseconds since 1970.</summary>
internal sealed record Wakeup(string Entity, long Due);
