using SecureUserData.Cryptography;
using SecureUserData.Users;

namespace SecureUserData.Tests.Cryptography;

public sealed class BlindIndexTests
{
    [Fact]
    public void Values_are_normalised_and_tagged_as_the_specification_says()
    {
        foreach (var vector in Vectors.Read("blind-index").EnumerateArray())
        {
            Assert.Equal(vector.Text("normalised"), BlindIndex.Normalise(vector.Text("value")));
            using var indexKey = SecretKey.From(vector.Hex("key"));
            using var fieldKey = BlindIndex.FieldKey(indexKey, vector.Text("field"));
            Assert.Equal(
                vector.Text("tag"), BlindIndex.Tag(fieldKey, vector.Number("keyVersion"), vector.Text("value")));
        }
    }

    [Theory]
    [InlineData("Ada@Example.ORG", " ada@example.org ")]
    [InlineData("Zu\u0308rich", "ZÜRICH")]
    [InlineData("Ｚürich", "zürich")]
    [InlineData("ΟΔΥΣΣΕΥΣ", "Οδυσσευς")]
    public void Values_that_differ_only_in_case_form_or_outer_spaces_are_one(string one, string other) =>
        Assert.Equal(BlindIndex.Normalise(one), BlindIndex.Normalise(other));

    [Theory]
    [InlineData("Straße", "Strasse")]
    [InlineData("José", "Jose")]
    [InlineData("a b", "a  b")]
    public void Values_that_differ_in_more_are_two(string one, string other) =>
        Assert.NotEqual(BlindIndex.Normalise(one), BlindIndex.Normalise(other));

    [Fact]
    public void Normalising_twice_changes_nothing_more()
    {
        for (var c = 0; c <= 0x10FFFF; c++)
        {
            if (c is (>= 0xD800 and <= 0xDFFF) or 0xFFFE) continue; // no characters: refused
            var once = BlindIndex.Normalise("a" + char.ConvertFromUtf32(c) + "b");
            Assert.Equal(once, BlindIndex.Normalise(once));
        }
    }

    [Fact]
    public void Equal_values_of_two_fields_or_two_applications_do_not_look_alike()
    {
        using var key = SecretKey.Random();
        using var other = SecretKey.Random();
        Assert.NotEqual(Tag(key, "email"), Tag(key, "login"));
        Assert.NotEqual(Tag(key, "email"), Tag(other, "email"));

        static string Tag(SecretKey indexKey, string field)
        {
            using var fieldKey = BlindIndex.FieldKey(indexKey, field);
            return BlindIndex.Tag(fieldKey, 1, "x");
        }
    }

    [Fact]
    public void What_is_no_text_is_refused()
    {
        foreach (var value in (string[])["\uD83D", "\uDE00\uD83D", "\uFFFD\uD83D", "a\uFFFEb"])
            Assert.Equal(
                ErrorCode.Invalid, Assert.Throws<SecureUserDataException>(() => FieldPolicy.CheckEncoding(value)).Code);
    }

    [Theory]
    [InlineData("\uFFFD")]
    [InlineData("\uD83D\uDE00")]
    [InlineData("\uFFFF")]
    public void What_is_text_is_taken(string value)
    {
        FieldPolicy.CheckEncoding(value);
        Assert.NotEmpty(BlindIndex.Normalise(value));
    }

    [Fact]
    public void This_process_normalises_Unicode() => BlindIndex.CheckNormalisation();
}
