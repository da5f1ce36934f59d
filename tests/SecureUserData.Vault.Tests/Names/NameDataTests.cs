using System.IO.Compression;
using System.Text;
using SecureUserData.Vault.Naming;

namespace SecureUserData.Vault.Tests.Names;

public sealed class NameDataTests
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("SUD_UNICODE_FILES");

    // docs/vault-names.md says why. What a name with one of them looks like is looked at apart.
    private const string LeftOut = "ðſƙƥƭƴƽɓɖɗɠ\u0345βγηνυϐБҋẚꞵꭴ𑣄𑣆𑣕𑣜";

    [Fact]
    public void The_data_is_what_the_official_files_say()
    {
        Assert.SkipWhen(Folder is null, "SUD_UNICODE_FILES names no folder with the files of Unicode.");
        var text = Derive(new(Folder!));
        if (Environment.GetEnvironmentVariable("SUD_UNICODE_WRITE") is { } file)
        {
            using var written = new BrotliStream(File.Create(file), CompressionLevel.SmallestSize);
            written.Write(Encoding.UTF8.GetBytes(text));
            return;
        }
        Assert.Equal(text, NameData.ReadText());
    }

    [Fact]
    public void Every_line_of_confusables_has_one_skeleton_but_for_those_that_are_listed()
    {
        Assert.SkipWhen(Folder is null, "SUD_UNICODE_FILES names no folder with the files of Unicode.");
        var lines = new UnicodeFiles(Folder!).Confusables();
        Assert.Equal(6311, lines.Count);
        var different = lines.Where(line => LookAlikes.IsWhole(line.Source)
                && NameSkeleton.Of(line.Source.ToString()) != NameSkeleton.Of(line.Look))
            .Select(line => line.Source.ToString()).Order(StringComparer.Ordinal);
        Assert.Equal(LeftOut, string.Concat(different));
    }

    [Fact]
    public void A_skeleton_is_a_skeleton_of_itself()
    {
        Assert.Equal(6501, NameData.Current.Skeletons.Count);
        foreach (var (source, skeleton) in NameData.Current.Skeletons)
        {
            Assert.Equal(skeleton, NameSkeleton.Of(skeleton));
            Assert.Equal(skeleton, NameSkeleton.Of(char.ConvertFromUtf32(source)));
        }
    }

    private static string Derive(UnicodeFiles files)
    {
        var text = new StringBuilder($"v {NameData.UnicodeVersion}\n");
        foreach (var (first, last, scripts) in files.Scripts()) text.Append($"s {first:X} {last:X} {scripts}\n");
        foreach (var (first, last) in files.Ignorables()) text.Append($"i {first:X} {last:X}\n");
        var lookAlikes = new LookAlikes(files);
        foreach (var (source, skeleton) in lookAlikes.Skeletons()) text.Append($"m {source.Value:X} {Hex(skeleton)}\n");
        foreach (var (source, look) in lookAlikes.OtherLooks()) text.Append($"d {source.Value:X} {Hex(look)}\n");
        return text.ToString();
    }

    private static string Hex(string text) => string.Join(' ', text.EnumerateRunes().Select(rune => $"{rune.Value:X}"));
}
