using System.Text;
using SecureUserData.Vault.Naming;

namespace SecureUserData.Vault.Tests.Names;

public sealed class VaultNameTests
{
    [Theory]
    [InlineData("admin")]
    [InlineData("Release 2.0")]
    [InlineData("on-call_b+c@example.org")]
    [InlineData("Québec")]
    [InlineData("Größenübersicht")]
    [InlineData("Đặng Thị Ngọc")] // two marks on a letter
    [InlineData("İstanbul ışık")]
    [InlineData("J\u030Coni")] // a mark that no single character has with its letter
    [InlineData("東京のカメラ")] // Han, Hiragana and Katakana
    [InlineData("データベース管理者")] // with the mark of length, which both kana share
    [InlineData("人々")]
    [InlineData("개발팀 漢字")] // Hangul and Han
    [InlineData("ㄅㄆ注音")] // Bopomofo and Han
    [InlineData("فريق الأمن ٢٠٢٦")]
    [InlineData("گروه ۴۵")]
    [InlineData("विकास टीम १२")]
    [InlineData("தமிழ்")]
    [InlineData("ผู้ดูแล")]
    [InlineData("צוות אבטחה")]
    [InlineData("Команда 42")]
    [InlineData("Вера и память")]
    [InlineData("Ομάδα ασφαλείας")]
    [InlineData("ΑΝΝΑ")]
    [InlineData("Հայաստան")]
    [InlineData("საქართველო")]
    [InlineData("የአማርኛ")]
    [InlineData("𠮷野家")] // beyond the first plane
    public void A_name_in_any_one_script_is_taken(string name) => Assert.Equal(name, VaultName.Check(name, "group"));

    [Theory]
    [InlineData("аdmin")] // the a is Cyrillic
    [InlineData("admіn")] // the i is Cyrillic
    [InlineData("ΑDMIN")] // the A is Greek
    [InlineData("adᎷin")] // Cherokee
    [InlineData("東京tokyo")]
    [InlineData("カメラ개발")] // kana with Hangul
    [InlineData("ㄅㄆカ")] // Bopomofo with kana
    [InlineData("विকাশ")] // Devanagari with Bengali
    [InlineData("цaт")] // the a is Latin
    public void A_name_in_several_scripts_is_refused(string name) => Refused(name, "mixes scripts");

    [Theory]
    [InlineData("ad\u200Bmin")] // zero width space
    [InlineData("ad\u200Dmin")] // zero width joiner
    [InlineData("ad\u00ADmin")] // soft hyphen
    [InlineData("\u202Enimda")] // right-to-left override
    [InlineData("ad\u2066min")] // isolate
    [InlineData("ad\u2060min")] // word joiner
    [InlineData("\uFEFFadmin")]
    [InlineData("ad\uFE0Fmin")] // variation selector: a mark that shows nothing
    [InlineData("ad\u034Fmin")] // combining grapheme joiner, likewise
    [InlineData("ad\u115Fmin")] // Hangul filler: a letter that shows nothing
    [InlineData("ad\u3164min")]
    [InlineData("ad\uFFA0min")]
    [InlineData("ad\U000E0101min")]
    [InlineData("ad\u0000min")]
    [InlineData("ad\nmin")]
    [InlineData("ad\tmin")]
    [InlineData("ad\u00A0min")] // no-break space
    [InlineData("ad\u3000min")] // ideographic space
    [InlineData("ad\u2800min")] // an empty pattern of Braille
    [InlineData("ad\uE000min")] // private use
    [InlineData("ad\u0378min")] // unassigned
    [InlineData("\uFFFE")]
    [InlineData("ad/min")]
    [InlineData("<admin>")]
    [InlineData("ad😀min")]
    [InlineData("Ⅳ")] // a number that is no digit
    [InlineData("x²")]
    [InlineData("a‐b")] // U+2010
    public void A_character_that_is_no_part_of_a_name_is_refused(string name) => Refused(name, "not allowed");

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Refused("ad\uD800min", "not allowed");
        Refused("admin\uDC00", "not allowed");
    }

    [Fact]
    public void What_a_later_unicode_assigns_is_refused()
    {
        Refused("\u1C89", "not allowed"); // Cyrillic, of 16.0
        Refused(char.ConvertFromUtf32(0x10D50), "not allowed"); // Garay, of 16.0
    }

    [Theory]
    [InlineData(" admin")]
    [InlineData("admin ")]
    [InlineData("ad  min")]
    [InlineData(" ")]
    public void Spaces_are_refused_and_not_repaired(string name) => Refused(name, "space");

    [Theory]
    [InlineData("a1\u0661")] // Arabic-Indic digits go with other scripts' letters in no name, here with digits of ASCII
    [InlineData("\u0661\u06F2")] // two sets of Arabic digits
    [InlineData("विकास १2")]
    [InlineData("বিকাশ ৪8")] // the first is a four
    [InlineData("1\uFF11")] // fullwidth
    public void Digits_of_two_kinds_are_refused(string name) => Refused(name, "digits of two kinds");

    [Theory]
    [InlineData("\u0301admin")]
    [InlineData("ad \u0301min")]
    [InlineData("a\u0323\u0323dmin")]
    [InlineData("a\u0316\u0317\u0318\u0319\u031Adm")]
    public void Marks_that_stand_alone_or_hide_one_another_are_refused(string name) => Refused(name, "mark");

    [Theory]
    [InlineData("αγορα")] // looks like ayopa; with its accent it does not
    [InlineData("ναν")] // looks like vav; in capitals like NAN, for which its skeleton stands
    [InlineData("ſun")] // looks like fun, and is sun
    public void A_name_that_looks_latin_otherwise_is_refused(string name) => Refused(name, "in Latin letters");

    [Fact]
    public void A_name_has_1_to_64_characters_in_its_composed_form()
    {
        Refused(null, "1 to 64");
        Refused("", "1 to 64");
        Assert.Equal(64, VaultName.Check(Repeated("é", 64).Normalize(NormalizationForm.FormD), "group").Length);
        Refused(Repeated("é", 65), "1 to 64");
        Refused(Repeated("e\u0301", 10_000), "1 to 64");
    }

    [Fact]
    public void A_name_is_given_back_in_nfc() =>
        Assert.Equal("Québec", VaultName.Check("Que\u0301bec", "group"));

    [Fact]
    public void A_refusal_is_one_line_that_names_what_is_named() =>
        Assert.Equal(
            "The name of a group mixes scripts, such as Latin and Cyrillic: write it in one.",
            Refused("аdmin", "group").Message);

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static SecureUserDataException Refused(string? name, string why)
    {
        var refusal = Assert.Throws<SecureUserDataException>(() => VaultName.Check(name, "group"));
        Assert.Equal(ErrorCode.Invalid, refusal.Code);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }
}
