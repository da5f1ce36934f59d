namespace SecureUserData.Vault.Naming;

/// <summary>A set of scripts, one bit each: Unicode 15.0 has 164 and UTS #39 adds three for the ways in which
/// Chinese, Japanese and Korean mix them.</summary>
internal readonly record struct ScriptSet(UInt128 Low, UInt128 High)
{
    internal static readonly ScriptSet None;
    internal static readonly ScriptSet All = new(UInt128.MaxValue, UInt128.MaxValue);

    internal static ScriptSet Of(int bit) =>
        bit < 128 ? new(UInt128.One << bit, 0) : new(0, UInt128.One << (bit - 128));

    public static ScriptSet operator &(ScriptSet a, ScriptSet b) => new(a.Low & b.Low, a.High & b.High);

    public static ScriptSet operator |(ScriptSet a, ScriptSet b) => new(a.Low | b.Low, a.High | b.High);
}
