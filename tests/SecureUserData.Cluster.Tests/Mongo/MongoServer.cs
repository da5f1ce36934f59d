namespace SecureUserData.Cluster.Tests.Mongo;

/// <summary>The server that these tests run on; without one they are skipped and say so.</summary>
internal static class MongoServer
{
    private const string Variable = "SUD_TEST_MONGODB";

    private static readonly string? Address = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Whether there is one.</summary>
    internal static bool IsThere => !string.IsNullOrEmpty(Address);

    /// <summary>Its connection string.</summary>
    internal static string ConnectionString
    {
        get
        {
            Assert.SkipUnless(
                IsThere,
                $"There is no MongoDB: set {Variable} to a connection string, such as mongodb://127.0.0.1:27017.");
            return Address!;
        }
    }
}
