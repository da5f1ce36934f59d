using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Tests.Ids;

public sealed class DerivedRecordIdTests
{
    private static readonly byte[] Key = Encoding.UTF8.GetBytes("a secret of the caller");

    [Fact]
    public void The_same_number_key_and_bytes_make_the_same_id_and_others_another()
    {
        var id = RecordId.Derive(7, Key, "content"u8);

        Assert.Equal(id, RecordId.Derive(7, Key, "content"u8));
        Assert.NotEqual(id, RecordId.Derive(8, Key, "content"u8));
        Assert.NotEqual(id, RecordId.Derive(7, Key, "Content"u8));
        Assert.NotEqual(id, RecordId.Derive(7, "another secret"u8, "content"u8));
        Assert.Equal(id, RecordId.Parse(id.ToString()));
    }

    [Fact]
    public void It_is_a_UUIDv7_with_the_number_for_the_time_and_the_rest_of_the_MAC()
    {
        const long number = (1L << 48) - 2;
        var mac = HMACSHA256.HashData(Key, "content"u8.ToArray());
        // The same bits put together another way: the first 10 bytes of the MAC, 4 + 2 of their bits replaced.
        var bits = string.Concat(mac.Take(10).Select(b => $"{b:b8}"));
        var expected = $"{number:b48}" + "0111" + bits[4..16] + "10" + bits[16..78];

        Assert.Equal(expected, string.Concat(Digits(RecordId.Derive(number, Key, "content"u8)))[2..]);
    }

    [Fact]
    public void Ids_are_in_the_order_of_their_numbers()
    {
        long[] numbers = [0, 1, 2, 9, 10, 5_575, 1 << 20, (1L << 48) - 1];
        var ids = numbers.Select(number => RecordId.Derive(number, Key, "content"u8).ToString()).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void Numbers_that_do_not_fit_and_empty_keys_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RecordId.Derive(-1, Key, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => RecordId.Derive(1L << 48, Key, default));
        Assert.Throws<SecureUserDataException>(() => RecordId.Derive(0, default, default));
    }

    private static IEnumerable<string> Digits(RecordId id) => id.ToString()["rec_".Length..]
        .Select(c => $"{"0123456789abcdefghjkmnpqrstvwxyz".IndexOf(c, StringComparison.Ordinal):b5}");
}
