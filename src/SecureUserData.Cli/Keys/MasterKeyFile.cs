using System.Globalization;
using System.Text;
using SecureUserData.Cryptography;

namespace SecureUserData.Cli.Keys;

/// <summary>The ring in a master key file, to be changed. The file has either the old ring or the new one, whatever
/// happens, and the new one is on the disk when it is saved. The data folder has to be open from the reading to the
/// saving: so nobody else changes the ring in between, which would lose a key.</summary>
internal sealed class MasterKeyFile
{
    private readonly string _path;
    private readonly MasterKeyRing _ring;
    private readonly string _text;

    private MasterKeyFile(string path, MasterKeyRing ring, string text)
    {
        _path = path;
        _ring = ring;
        _text = text;
    }

    /// <summary>Reads the file of a key that the data folder is open with.</summary>
    /// <exception cref="CommandException">There is no file, or it holds another ring by now.</exception>
    internal static MasterKeyFile Read(MasterKey key)
    {
        var path = RealPath.Of(key.File!); // what is a link stays one
        var text = File.ReadAllText(path);
        using var ring = MasterKeyRing.Parse(text);
        return IsSame(ring, key.Ring, key.Ring.Versions) && ring.Versions.SequenceEqual(key.Ring.Versions)
            ? new MasterKeyFile(path, key.Ring, text)
            : throw new CommandException($"The master key file {path} has just been changed: run this again.");
    }

    /// <summary>Puts a fresh key first.</summary>
    /// <returns>Its version.</returns>
    internal int Prepend()
    {
        var version = _ring.Versions[0] + 1;
        Save($"{MasterKeyRing.Generate(version)},{_text}", [version, .. _ring.Versions]);
        return version;
    }

    /// <summary>The ring without some versions.</summary>
    internal MasterKeyRing Without(IReadOnlyList<int> versions) => Parse(Text(versions), Kept(versions));

    /// <summary>Takes some versions out.</summary>
    internal void Remove(IReadOnlyList<int> versions) => Save(Text(versions), Kept(versions));

    private IReadOnlyList<int> Kept(IReadOnlyList<int> removed) => [.. _ring.Versions.Except(removed)];

    /// <summary>The text without some versions: the others, and how it ends, stay as they were written.</summary>
    private string Text(IReadOnlyList<int> removed)
    {
        var kept = _text.Split(',').Where(part => !removed.Contains(Version(part)));
        return string.Join(',', kept).TrimEnd() + _text[_text.TrimEnd().Length..];
    }

    /// <summary>The version in a part of the ring; 0 in an empty part.</summary>
    private static int Version(string part) => part.IndexOf(':') is > 0 and var colon
        ? int.Parse(part.AsSpan(0, colon), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)
        : 0;

    private void Save(string text, IReadOnlyList<int> versions)
    {
        Parse(text, versions).Dispose(); // no file is written that could not be used
        if (text.Length > MasterKey.MaxFileBytes)
            throw new CommandException($"{_path} has no room for another key: take old ones out with --drop-old.");
        using var file = new OwnerOnlyFile(_path);
        file.Save(Encoding.UTF8.GetBytes(text), replace: true);
    }

    private MasterKeyRing Parse(string text, IReadOnlyList<int> versions)
    {
        var ring = MasterKeyRing.Parse(text);
        if (ring.Versions.SequenceEqual(versions) && IsSame(ring, _ring, versions.Intersect(_ring.Versions)))
            return ring;
        ring.Dispose();
        throw new CommandException($"The ring in {_path} cannot be changed: change it by hand.");
    }

    private static bool IsSame(MasterKeyRing one, MasterKeyRing other, IEnumerable<int> versions) =>
        versions.All(version =>
            one.Versions.Contains(version) && one.CheckValue(version) == other.CheckValue(version));
}
