using System.Text;
using SecureUserData.Vault.Naming;

namespace SecureUserData.Vault.Tests.Names;

public sealed class NameSkeletonTests
{
    private const int Seed = 20260105;

    [Theory]
    [InlineData("admin", "ADMIN")]
    [InlineData("admin", "аdmin")] // Cyrillic
    [InlineData("admin", "αdmin")] // Greek
    [InlineData("ANNA", "ΑΝΝΑ")] // all Greek
    [InlineData("anna", "ΑΝΝΑ")]
    [InlineData("Hopa", "Нора")] // all Cyrillic
    [InlineData("HOPA", "нора")]
    [InlineData("cope", "соре")]
    [InlineData("modern", "modem")]
    [InlineData("Michael", "rnichael")]
    [InlineData("Ill", "lll")]
    [InlineData("ill", "1ll")]
    [InlineData("LIST", "1ist")]
    [InlineData("payroll", "PAYRO1I")]
    [InlineData("root", "r00t")]
    [InlineData("ROOT", "r0Οt")] // with a Greek omicron
    [InlineData("admin", "ａｄｍｉｎ")] // fullwidth
    [InlineData("カメラ", "ｶﾒﾗ")] // halfwidth
    [InlineData("admin", "𝐚𝖽𝓶𝕚𝚗")]
    [InlineData("office", "oﬃce")] // ligatures
    [InlineData("finance", "ﬁnance")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("admin", "ad\u200Bmin")]
    [InlineData("admin", "ad\u2060m\u00ADin\uFE0F")]
    [InlineData("admin", "admi\u0307n")] // a second dot over the i
    [InlineData("i\u0323", "i\u0323\u0307")] // likewise, with a dot below in between
    [InlineData("İstanbul", "istanbul")]
    [InlineData("ışık", "işik")]
    [InlineData("Québec", "Que\u0301bec")]
    [InlineData("on call", "on-call")]
    [InlineData("on_call", "on.call")]
    [InlineData("二", "ニ")] // Han and Katakana
    [InlineData("ΟΔΥΣΣΕΥΣ", "οδυσσευς")] // the final sigma
    [InlineData("ᎠᏟ", "ꭰꮯ")] // Cherokee folds to capitals
    public void Names_that_look_alike_have_one_skeleton(string one, string other) =>
        Assert.Equal(NameSkeleton.Of(one), NameSkeleton.Of(other));

    [Theory]
    [InlineData("Nick", "Vick")] // though N is nu and nu is v
    [InlineData("Sun", "Fun")] // though s is the long s and that is f
    [InlineData("run", "yuy")] // though r is a small gamma as is y
    [InlineData("team 5", "team s")]
    [InlineData("ab", "a b")]
    [InlineData("Québec", "Quebec")]
    [InlineData("admin", "admins")]
    [InlineData("Są", "Sal")] // though a mark that looks like an ogonek folds to iota
    [InlineData("東京", "京都")]
    [InlineData("一号", "-号")]
    [InlineData("вот", "бот")]
    public void Names_that_differ_in_what_one_sees_have_two(string one, string other) =>
        Assert.NotEqual(NameSkeleton.Of(one), NameSkeleton.Of(other));

    [Fact]
    public void The_letters_and_digits_of_ascii_are_33_classes()
    {
        const string classes = "a b c d e f g h i,l,1 j k m n o,0 p q r s t u v w x y z 2 3 4 5 6 7 8 9";
        var found = "abcdefghijklmnopqrstuvwxyz0123456789".Select(c => c.ToString()).GroupBy(NameSkeleton.Of)
            .Select(group => string.Join(',', group));
        Assert.Equal(classes.Split(' ').Order(), found.Order());
    }

    [Fact]
    public void Case_and_composition_do_not_matter_and_a_skeleton_is_its_own()
    {
        Rune[] runes = [.. Enumerable.Range(0x20, 0x1FFFF).Where(Rune.IsValid).Select(value => new Rune(value))
            .Where(rune => NameData.Current.ScriptsOf(rune) != ScriptSet.None)];
        Assert.Equal(78909, runes.Length);
        foreach (var rune in runes) Check(rune.ToString());
        var state = (uint)Seed;
        for (var i = 0; i < 20_000; i++)
            Check(string.Concat(Enumerable.Range(0, 1 + Next(12)).Select(_ => runes[Next(runes.Length)])));

        int Next(int below)
        {
            state = state * 1664525 + 1013904223; // Numerical Recipes: the same names everywhere
            return (int)((state >> 8) % (uint)below);
        }
    }

    [Fact]
    public void Names_that_are_alike_but_for_case_or_a_look_alike_conflict_wherever_it_stands()
    {
        foreach (var (source, skeleton) in NameData.Current.Skeletons)
            Assert.Equal(NameSkeleton.Of($"x{skeleton}x"), NameSkeleton.Of($"X{char.ConvertFromUtf32(source)}X"));
    }

    private static void Check(string name)
    {
        var skeleton = NameSkeleton.Of(name);
        var how = $"{string.Join(' ', name.EnumerateRunes().Select(rune => $"{rune.Value:X4}"))} (seed {Seed})";
        Assert.True(skeleton == NameSkeleton.Of(skeleton), $"Not its own skeleton: {how}");
        Assert.True(skeleton == NameSkeleton.Of(name.ToUpperInvariant()), $"Other in capitals: {how}");
        Assert.True(skeleton == NameSkeleton.Of(name.ToLowerInvariant()), $"Other in small letters: {how}");
        Assert.True(skeleton == NameSkeleton.Of(name.Normalize(NormalizationForm.FormC)), $"Other in NFC: {how}");
        Assert.True(skeleton == NameSkeleton.Of(name.Normalize(NormalizationForm.FormD)), $"Other in NFD: {how}");
    }
}
