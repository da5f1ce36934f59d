using System.Collections.Immutable;

namespace SecureUserData.Cli.Csv;

/// <summary>Which column of a file of services holds what.</summary>
internal sealed class ServiceColumns
{
    private const string MetadataPrefix = "meta.";
    private const string Known = "name, url, secret, notes, machine, parent and meta.KEY";

    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);

    /// <exception cref="CommandException">A column is unknown or there twice, or there are no names.</exception>
    internal ServiceColumns(IReadOnlyList<string> header)
    {
        for (var i = 0; i < header.Count; i++)
        {
            var name = header[i].Trim();
            if (name is not ("name" or "url" or "secret" or "notes" or "machine" or "parent")
                && (!name.StartsWith(MetadataPrefix, StringComparison.Ordinal) || name.Length == MetadataPrefix.Length))
                throw new CommandException($"the header: '{name}' is none of the columns {Known}.");
            if (!_columns.TryAdd(name, i)) throw new CommandException($"the header: '{name}' is there twice.");
        }
        if (!_columns.ContainsKey("name")) throw new CommandException("the header: there is no column 'name'.");
    }

    /// <summary>A value without the spaces around it.</summary>
    internal string Text(CsvRow row, string column) => Exact(row, column).Trim();

    /// <summary>A value as it stands there.</summary>
    internal string Exact(CsvRow row, string column) =>
        _columns.TryGetValue(column, out var at) ? row.Values[at] : "";

    /// <summary>The entries of the metadata that are not empty.</summary>
    internal ImmutableSortedDictionary<string, string> Metadata(CsvRow row) => _columns.Keys
        .Where(column => column.StartsWith(MetadataPrefix, StringComparison.Ordinal))
        .Select(column => KeyValuePair.Create(column[MetadataPrefix.Length..], Text(row, column)))
        .Where(entry => entry.Value.Length > 0).ToImmutableSortedDictionary(StringComparer.Ordinal);
}
