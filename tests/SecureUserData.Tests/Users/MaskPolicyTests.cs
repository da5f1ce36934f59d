using System.Globalization;
using SecureUserData.Users;

namespace SecureUserData.Tests.Users;

public sealed class MaskPolicyTests(ITestOutputHelper output)
{
    private const string Family = "\U0001F468\u200D\U0001F469\u200D\U0001F467"; // three people joined into one
    private const string Flag = "\U0001F1E8\U0001F1ED";
    private const string E = "e\u0301";

    [Theory]
    [InlineData("4111111111111234", "…1234")]
    [InlineData("12345678", "…5678")]
    [InlineData("1234567", "…567")]
    [InlineData("123456", "…456")]
    [InlineData("12345", "…45")]
    [InlineData("123", "…3")]
    [InlineData("12", "…2")]
    [InlineData("1", null)]
    [InlineData("  987654321\t", "…4321")]
    [InlineData("12 34 56 78 90", "…8 90")]
    [InlineData($"abcd{Family}{Flag}{E}z", $"…{Family}{Flag}{E}z")]
    [InlineData($"{Family}{Family}", $"…{Family}")]
    [InlineData(Family, null)]
    [InlineData(E, null)]
    [InlineData($"{E}{E}{E}", $"…{E}")]
    [InlineData("עדה לאבלייס", "…לייס")]
    [InlineData("\u200F12\u200F", "…\u200F")] // what shows nothing is no character: of two, one may be seen
    [InlineData("1234\u200B\u200B\u200B\u200B", "…\u200B\u200B")]
    [InlineData("\u200B\u200B\u200B1", null)]
    public void The_last_four_characters_are_never_more_than_half_of_the_value(string value, string? masked) =>
        Assert.Equal(masked, MaskPolicy.Apply(FieldMask.LastFour, value));

    [Theory]
    [InlineData("Ada", "A.")]
    [InlineData(" ada ", "a.")]
    [InlineData("李小龍", "李.")]
    [InlineData($"{E}mile", $"{E}.")]
    [InlineData($"{Family} Smith", $"{Family}.")]
    [InlineData($"{Flag}{Flag}", $"{Flag}.")]
    [InlineData("\u200Fעדה", "ע.")]
    [InlineData("李", null)]
    [InlineData("A", null)]
    [InlineData("A.", null)]
    [InlineData(Family, null)]
    [InlineData("\u200BA\u200B", null)]
    public void The_initial_is_the_first_character_of_several(string value, string? masked) =>
        Assert.Equal(masked, MaskPolicy.Apply(FieldMask.Initial, value));

    [Theory]
    [InlineData("19151210", "1915")]
    [InlineData("1915-12-10", "1915")]
    [InlineData("1915-12-10T08:30", "1915")]
    [InlineData("1915-12-10T08:30:00Z", "1915")]
    [InlineData("1915-12-10 08:30:00.123456 +01:00", "1915")]
    [InlineData("1915-12-10T08:30:00-0500", "1915")]
    [InlineData("1915/12/10", "1915")]
    [InlineData("10.12.1915", "1915")]
    [InlineData("1915", "1915")]
    [InlineData(" 1915-12-10\n", "1915")]
    [InlineData("2024-02-29", "2024")]
    [InlineData("2023-02-29", null)]
    [InlineData("19150230", null)]
    [InlineData("10121915", null)] // day and month first: 8 digits are a date in one way only
    [InlineData("12101915", null)]
    [InlineData("10/12/1915", null)]
    [InlineData("10-12-1915", null)]
    [InlineData("1.2.1915", null)]
    [InlineData("1915-12", null)]
    [InlineData("15-12-10", null)]
    [InlineData("1915-12-10 at noon", null)]
    [InlineData("1915-12-10T25:00", null)]
    [InlineData("1915/12/10 08:30", null)]
    [InlineData("born 1915", null)]
    [InlineData("4821", null)] // rather a PIN
    [InlineData("0915", null)]
    [InlineData("191", null)]
    [InlineData("+1915", null)]
    [InlineData("١٩١٥", null)]
    [InlineData("9999-12-31", null)]
    [InlineData("December 10, 1915", null)]
    public void The_year_is_that_of_an_unambiguous_date(string value, string? masked) =>
        Assert.Equal(masked, MaskPolicy.Apply(FieldMask.Year, value));

    [Theory]
    [InlineData("ada@example.org", "example.org")]
    [InlineData(" ada@example.org ", "example.org")]
    [InlineData("ada.lovelace+news@mail.example.co.uk", "mail.example.co.uk")]
    [InlineData("ada@Example.ORG", "Example.ORG")]
    [InlineData("ada@größe.example", "größe.example")]
    [InlineData("ada@xn--gre-6ka8i.example", "xn--gre-6ka8i.example")]
    [InlineData("\U0001F600@example.org", "example.org")]
    [InlineData("עדה@דוגמה.example", "דוגמה.example")]
    [InlineData("ada", null)]
    [InlineData("@example.org", null)]
    [InlineData("ada@", null)]
    [InlineData("ada@localhost", null)]
    [InlineData("ada@example.", null)]
    [InlineData("ada@.org", null)]
    [InlineData("ada@example..org", null)]
    [InlineData("ada@-example.org", null)]
    [InlineData("ada@example-.org", null)]
    [InlineData("ada@192.168.0.1", null)]
    [InlineData("ada@[192.168.0.1]", null)]
    [InlineData("ada@home@example.org", null)]
    [InlineData("\"ada@home\"@example.org", null)]
    [InlineData("Ada <ada@example.org>", null)]
    [InlineData("Ada<ada@example.org", null)]
    [InlineData("mailto:ada@example.org", null)]
    [InlineData("ada@example.org, phone 555", null)]
    [InlineData("ada@example.org\u200B", null)]
    [InlineData("call 555@example.org", null)]
    [InlineData("ada@example.org/secret", null)]
    [InlineData("ada＠example.org", null)]
    public void The_domain_is_that_of_one_plausible_address(string value, string? masked) =>
        Assert.Equal(masked, MaskPolicy.Apply(FieldMask.EmailDomain, value));

    [Fact]
    public void A_domain_longer_than_a_name_may_be_is_no_domain()
    {
        var label = new string('a', 63);
        Assert.NotNull(MaskPolicy.Apply(FieldMask.EmailDomain, $"a@{label}.{label}.{label}.{new string('a', 61)}"));
        Assert.Null(MaskPolicy.Apply(FieldMask.EmailDomain, $"a@{label}.{label}.{label}.{new string('a', 62)}"));
        Assert.Null(MaskPolicy.Apply(FieldMask.EmailDomain, $"a@{label}a.org"));
        Assert.Null(MaskPolicy.Apply(FieldMask.EmailDomain, $"{label}aa@example.org"));
    }

    [Fact]
    public void Values_of_any_length_that_end_alike_look_alike()
    {
        for (var length = 4; length < 200; length += 7)
        {
            var value = $"{new string('x', length)}6789";
            Assert.Equal("…6789", MaskPolicy.Apply(FieldMask.LastFour, value));
            Assert.Equal("x.", MaskPolicy.Apply(FieldMask.Initial, value));
        }
    }

    [Fact]
    public void Whatever_the_value_a_mask_gives_its_own_form_and_never_all_of_it()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] parts =
        [
            "a", "Z", "7", "0", "19", "20", "-", "/", ".", "@", " ", ":", "T", "…", "é", E, "\u0301", "\u200D",
            "\u200B", "\u200F", "\uFE0F", "ß", "ע", "م", "क्षि", "한", "\u1112\u1161\u11AB", "\U0001F468", Family, Flag,
            "\r\n", "1984-05-17", "19840517", "ada@example.org", "example.org",
        ];
        for (var round = 0; round < 20_000; round++)
        {
            var value = string.Concat(random.GetItems(parts, random.Next(1, 12)));
            if (string.IsNullOrWhiteSpace(value)) continue;
            foreach (var mask in Enum.GetValues<FieldMask>())
                if (MaskPolicy.Apply(mask, value) is { } masked)
                    Assert.True(HasForm(mask, masked, value), $"{mask} of '{value}' in round {round}: '{masked}'");
        }
    }

    [Fact]
    public void Only_masked_fields_change_and_what_cannot_be_masked_is_left_out()
    {
        var values = new Dictionary<string, string>
        {
            ["name"] = "Ada Lovelace", ["email"] = "ada@example.org", ["born"] = "long ago", ["city"] = "London",
        };
        var masks = new Dictionary<string, FieldMask>
        {
            ["name"] = FieldMask.Initial, ["email"] = FieldMask.EmailDomain, ["born"] = FieldMask.Year,
            ["phone"] = FieldMask.LastFour,
        };

        Assert.Equal(
            new() { ["name"] = "A.", ["email"] = "example.org", ["city"] = "London" },
            MaskPolicy.Apply(new Dictionary<string, string>(values), masks));
        Assert.Equal(values, MaskPolicy.Apply(new Dictionary<string, string>(values), null));
    }

    private static bool HasForm(FieldMask mask, string masked, string value)
    {
        var whole = value.Trim();
        return mask switch
        {
            FieldMask.LastFour => masked[0] == '…' && whole.EndsWith(masked[1..], StringComparison.Ordinal)
                && Elements(masked[1..]) is >= 1 and <= 4 && Elements(masked[1..]) * 2 <= Elements(whole),
            FieldMask.Initial => masked[^1] == '.' && Elements(masked[..^1]) == 1 && masked != whole
                && masked.Length <= whole.Length,
            FieldMask.Year => masked.Length == 4 && masked.All(char.IsAsciiDigit)
                && whole.Contains(masked, StringComparison.Ordinal),
            FieldMask.EmailDomain => whole.EndsWith($"@{masked}", StringComparison.Ordinal)
                && !masked.Contains('@', StringComparison.Ordinal) && whole.Length > masked.Length + 1,
        };
    }

    private static int Elements(string text) => new StringInfo(text).LengthInTextElements;
}
