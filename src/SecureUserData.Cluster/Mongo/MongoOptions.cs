namespace SecureUserData.Cluster.Mongo;

/// <summary>Where the stores of a cluster are.</summary>
/// <param name="ConnectionString">How to reach MongoDB, such as <c>mongodb://host/?replicaSet=rs0</c>.</param>
/// <param name="Database">The database of everything but the erasure list.</param>
public sealed record MongoOptions(string ConnectionString, string Database)
{
    /// <summary>The database of the erasure list. It is another one, so that a restored backup of the data does not
    /// set it back.</summary>
    public string ErasureDatabase { get; init; } = Database + "_erasures";
}
