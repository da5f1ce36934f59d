using SecureUserData.Conformance;

namespace SecureUserData.Tests.Conformance;

// The embedded engine under the whole suite: one class for each area.
public sealed class EmbeddedApplicationTests(EmbeddedFixture engine)
    : ApplicationConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedUserTests(EmbeddedFixture engine) : UserConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedUniqueFieldTests(EmbeddedFixture engine)
    : UniqueFieldConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedOwnedDataTests(EmbeddedFixture engine)
    : OwnedDataConformance(engine), IClassFixture<EmbeddedFixture>;
