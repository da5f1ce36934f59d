using System.Text;

namespace SecureUserData.AccessLog;

/// <summary>What stands in the place of an entry whose retention is over: <c>{"app":"app_…","expired":true}</c>, to
/// the byte, so that nothing can be hidden in it. It has no MAC of its own: whoever meets it asks what authority there
/// is (see <see cref="LogExpiry"/> and <see cref="ExpiredRows"/>).</summary>
internal static class ExpiredBody
{
    private const string Start = "{\"app\":\"";
    private const string End = "\",\"expired\":true}";

    internal static byte[] Of(AppId app) => Encoding.ASCII.GetBytes($"{Start}{app}{End}");

    /// <summary>False when it is another body.</summary>
    internal static bool TryRead(byte[] body, out AppId app)
    {
        app = default;
        if (body.Length <= Start.Length + End.Length) return false;
        return AppId.TryParse(Encoding.ASCII.GetString(body.AsSpan()[Start.Length..^End.Length]), out app)
            && body.AsSpan().SequenceEqual(Of(app));
    }
}
