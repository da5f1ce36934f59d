using System.Collections.Immutable;
using System.Text.Json;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Keys;

/// <summary>The credentials that were minted for one data folder, by name, in a file for its owner only.</summary>
internal sealed class SavedCredentials
{
    private readonly string _folder;
    private ImmutableSortedDictionary<string, SavedCredential> _all;

    private SavedCredentials(string file, string folder, ImmutableSortedDictionary<string, SavedCredential> all)
    {
        File = file;
        _folder = folder;
        _all = all;
    }

    internal string File { get; }

    internal IReadOnlyDictionary<string, SavedCredential> All => _all;

    internal static SavedCredentials Load(Surroundings around, string folder, Output output)
    {
        var file = ConfigurationFolder.CredentialsFile(around, folder);
        var all = ImmutableSortedDictionary.Create<string, SavedCredential>(StringComparer.Ordinal);
        if (!System.IO.File.Exists(file)) return new SavedCredentials(file, folder, all);
        if (OwnerOnlyFile.IsOpenToOthers(file))
            output.Warn($"others can read the saved credentials in {file}: run 'chmod 600' on it.");
        try
        {
            var stored = JsonSerializer.Deserialize<SavedFile>(System.IO.File.ReadAllBytes(file), Json.Options);
            foreach (var (name, saved) in stored!.Credentials) all = all.Add(name, saved);
            return new SavedCredentials(file, folder, all);
        }
        catch (Exception e) when (e is JsonException or NullReferenceException) // whose message may hold a secret
        {
            throw new CommandException(
                $"The saved credentials in {file} cannot be read: repair the file, or move it away.");
        }
    }

    /// <exception cref="UsageException">It is not a name.</exception>
    internal static string? CheckName(string? name) => name is null || Slug.IsName(name)
        ? name
        : throw new UsageException(
            $"'{name}' is not a name: use up to {Slug.MaxLength} letters, digits and - _ . characters.");

    /// <summary>Makes sure, before anything is minted, that it can be saved under this name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="replaces">The user whose claim code is traded in, or whose credential is taken back.</param>
    /// <exception cref="CommandException">The name is taken.</exception>
    internal PendingCredential Reserve(string name, string? replaces = null)
    {
        if (_all.TryGetValue(name, out var taken) && taken.Id != replaces)
            throw new CommandException(
                $"The name '{name}' is taken by {taken.Id} in {File}: choose another one with --save-as NAME.");
        return new PendingCredential(this, name, new OwnerOnlyFile(File));
    }

    /// <summary>The credential of this name, or the only one of these kinds.</summary>
    internal Credential Choose(string? name, IReadOnlyList<CallerKind> kinds)
    {
        if (name is not null) return new Credential(Named(name).Secret);
        var fitting = _all.Where(saved => kinds.Any(kind => saved.Value.Kind == KindOf(kind))).ToList();
        return fitting switch
        {
            [var (_, only)] => new Credential(only.Secret),
            [] => throw new UsageException($"No credential of {Text(kinds)} is saved for this data folder: "
                + "use --as NAME ('sud status' lists the names), or set SUD_CREDENTIAL."),
            _ => throw new UsageException($"Several credentials of {Text(kinds)} are saved "
                + $"({string.Join(", ", fitting.Take(5).Select(saved => saved.Key))}"
                + $"{(fitting.Count > 5 ? ", …" : "")}): choose one with --as NAME."),
        };
    }

    internal SavedCredential Named(string name) => _all.GetValueOrDefault(name) ?? throw new UsageException(
        $"Nothing is saved under the name '{name}' for this data folder: 'sud status' lists the names.");

    /// <summary>The id of the owner of what is saved under a name; null when nothing is.</summary>
    internal string? IdOf(string name) => _all.GetValueOrDefault(name)?.Id;

    /// <summary>Under which name an owner's credential is saved; null when it is not.</summary>
    internal string? NameOf(string id) => _all.FirstOrDefault(saved => saved.Value.Id == id).Key;

    internal void Save(OwnerOnlyFile file, string name, SavedCredential saved)
    {
        // what the owner had before, a spent claim code or a credential taken back, is of no more use
        var all = _all.RemoveRange(_all.Where(s => s.Value.Id == saved.Id).Select(s => s.Key)).Add(name, saved);
        file.Save(JsonSerializer.SerializeToUtf8Bytes(new SavedFile(_folder, all), Json.Options), replace: true);
        _all = all;
    }

    internal static SavedKind KindOf(CallerKind kind) => kind switch
    {
        CallerKind.Operator => SavedKind.Operator,
        CallerKind.Application => SavedKind.Application,
        CallerKind.User => SavedKind.User,
        CallerKind.Script => SavedKind.Script,
        CallerKind.Anonymous => SavedKind.ClaimCode,
        CallerKind.VaultUser => throw new ArgumentException("A vault's user signs in by keys, not saved here."),
    };

    private static string Text(IEnumerable<CallerKind> kinds) => string.Join(" or ", kinds.Select(kind => kind switch
    {
        CallerKind.Operator => "an operator",
        CallerKind.Application => "an application",
        CallerKind.User => "a user",
        CallerKind.Script => "a script",
        CallerKind.Anonymous => "nobody",
        CallerKind.VaultUser => "a vault's user",
    }));

    private sealed record SavedFile(string Folder, IReadOnlyDictionary<string, SavedCredential> Credentials);
}

/// <summary>Whose a saved credential is.</summary>
internal enum SavedKind
{
    Operator = 1,
    Application = 2,
    User = 3,
    Script = 4,
    ClaimCode = 5,
}

/// <summary>One saved credential.</summary>
/// <param name="Kind">Whose it is.</param>
/// <param name="Id">The owner's id.</param>
/// <param name="Secret">The text of the credential.</param>
internal sealed record SavedCredential(SavedKind Kind, string Id, string Secret)
{
    public override string ToString() => $"(credential of {Id}, hidden)";
}

/// <summary>A name that is free, and a file that can be written: a credential may be minted now.</summary>
internal sealed class PendingCredential(SavedCredentials saved, string name, OwnerOnlyFile file) : IDisposable
{
    internal string Name => name;

    internal void Save(SavedKind kind, string id, Credential credential) =>
        saved.Save(file, name, new SavedCredential(kind, id, credential.Reveal()));

    public void Dispose() => file.Dispose();
}
