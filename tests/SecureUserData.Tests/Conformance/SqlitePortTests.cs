using SecureUserData.Conformance.Ports;

namespace SecureUserData.Tests.Conformance;

// SQLite under the suite of every port.
public sealed class SqliteStateSlotTests(SqlitePortsFixture ports)
    : StateSlotConformance(ports), IClassFixture<SqlitePortsFixture>;

public sealed class SqliteStateIndexTests(SqlitePortsFixture ports)
    : StateIndexConformance(ports), IClassFixture<SqlitePortsFixture>;

public sealed class SqliteUniqueKeysTests(SqlitePortsFixture ports)
    : UniqueKeysConformance(ports), IClassFixture<SqlitePortsFixture>;

public sealed class SqliteRecordStoreTests(SqlitePortsFixture ports)
    : RecordStoreConformance(ports), IClassFixture<SqlitePortsFixture>;

public sealed class SqliteStaleRecordTests(SqlitePortsFixture ports)
    : StaleRecordConformance(ports), IClassFixture<SqlitePortsFixture>;

public sealed class SqliteLogStoreTests(SqlitePortsFixture ports)
    : LogStoreConformance(ports), IClassFixture<SqlitePortsFixture>;

public sealed class SqliteWakeupsTests(SqlitePortsFixture ports)
    : WakeupsConformance(ports), IClassFixture<SqlitePortsFixture>;

public sealed class SqliteErasureListTests(SqlitePortsFixture ports)
    : ErasureListConformance(ports), IClassFixture<SqlitePortsFixture>;
