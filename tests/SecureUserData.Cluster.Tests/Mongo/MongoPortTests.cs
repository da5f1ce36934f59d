using SecureUserData.Conformance.Ports;

namespace SecureUserData.Cluster.Tests.Mongo;

// MongoDB under the suite of every port that is its own.
public sealed class MongoStateSlotTests(MongoPortsFixture ports)
    : StateSlotConformance(ports), IClassFixture<MongoPortsFixture>;

public sealed class MongoStateIndexTests(MongoPortsFixture ports)
    : StateIndexConformance(ports), IClassFixture<MongoPortsFixture>;

public sealed class MongoUniqueKeysTests(MongoPortsFixture ports)
    : UniqueKeysConformance(ports), IClassFixture<MongoPortsFixture>;

public sealed class MongoRecordStoreTests(MongoPortsFixture ports)
    : RecordStoreConformance(ports), IClassFixture<MongoPortsFixture>;

public sealed class MongoStaleRecordTests(MongoPortsFixture ports)
    : StaleRecordConformance(ports), IClassFixture<MongoPortsFixture>;

public sealed class MongoErasureListTests(MongoPortsFixture ports)
    : ErasureListConformance(ports), IClassFixture<MongoPortsFixture>;

public sealed class MongoLogStoreTests(MongoPortsFixture ports)
    : LogStoreConformance(ports), IClassFixture<MongoPortsFixture>;
