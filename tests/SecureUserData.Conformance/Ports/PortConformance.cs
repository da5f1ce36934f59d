using System.Text;
using SecureUserData.Ports;

namespace SecureUserData.Conformance.Ports;

/// <summary>What the tests of every port begin with.</summary>
public abstract class PortConformance(PortsFixture fixture)
{
    protected PortsFixture Fixture => fixture;

    protected IPorts Ports => fixture.Ports;

    /// <summary>The name of an entity that no other test uses.</summary>
    protected static string Fresh() => UserId.New().ToString();

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static StoredState State(long version, string body, params string[] tags) =>
        new(version, "app_owner", tags, Bytes(body));

    /// <summary>How many of many calls succeeded; all others must have been told of the conflict.</summary>
    protected static async Task<int> CountSucceededAsync(IEnumerable<Task> calls)
    {
        var succeeded = 0;
        foreach (var call in calls.ToList())
            try
            {
                await call;
                succeeded++;
            }
            catch (SecureUserDataException e) when (e.Code == ErrorCode.Conflict)
            {
                // one of those who came too late
            }
        return succeeded;
    }

    protected static async Task ConflictsAsync(Func<Task> call) =>
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<SecureUserDataException>(call)).Code);
}
