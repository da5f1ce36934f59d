using SecureUserData.Conformance;
using SecureUserData.Conformance.Permissions;
using SecureUserData.Conformance.Vault;

namespace SecureUserData.Tests.Conformance;

// The embedded engine under the whole suite: one class for each area.
public sealed class EmbeddedApplicationTests(EmbeddedFixture engine)
    : ApplicationConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedUserTests(EmbeddedFixture engine) : UserConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedHistoryTests(EmbeddedFixture engine)
    : HistoryConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedRetentionTests(EmbeddedFixture engine)
    : RetentionConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedLogRetentionTests(EmbeddedFixture engine)
    : LogRetentionConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedRotationTests(EmbeddedFixture engine)
    : RotationConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedUserKeyRotationTests(EmbeddedFixture engine)
    : UserKeyRotationConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedIndexRotationTests(EmbeddedFixture engine)
    : IndexRotationConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedRotationScheduleTests(EmbeddedFixture engine)
    : RotationScheduleConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedMasterRotationTests(EmbeddedFixture engine)
    : MasterRotationConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedUniqueFieldTests(EmbeddedFixture engine)
    : UniqueFieldConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedOwnedDataTests(EmbeddedFixture engine)
    : OwnedDataConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedAddRecordsTests(EmbeddedFixture engine)
    : AddRecordsConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedScriptTests(EmbeddedFixture engine)
    : ScriptConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedScriptVersionTests(EmbeddedFixture engine)
    : ScriptVersionConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedConsentTests(EmbeddedFixture engine)
    : ConsentConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedFirewallTests(EmbeddedFixture engine)
    : FirewallConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedMaskTests(EmbeddedFixture engine) : MaskConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedMaskVersionTests(EmbeddedFixture engine)
    : MaskVersionConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedAccessLogTests(EmbeddedFixture engine)
    : AccessLogConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedCredentialTests(EmbeddedFixture engine)
    : CredentialConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedRestartTests(EmbeddedFixture engine)
    : RestartConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedConcurrencyTests(EmbeddedFixture engine)
    : ConcurrencyConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedPermissionTests(EmbeddedFixture engine)
    : PermissionConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedErasureTests(EmbeddedFixture engine)
    : ErasureConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedExportTests(EmbeddedFixture engine)
    : ExportConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedReadAllTests(EmbeddedFixture engine)
    : ReadAllConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedFollowingTests(EmbeddedFixture engine)
    : FollowingConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedSharedSecretsTests(EmbeddedFixture engine)
    : SharedSecretsConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class EmbeddedVaultPermissionTests(EmbeddedFixture engine)
    : VaultPermissionConformance(engine), IClassFixture<EmbeddedFixture>;

public sealed class InProcessVaultPermissionTests(EmbeddedFixture engine)
    : VaultPermissionConformance(engine), IClassFixture<EmbeddedFixture>
{
    protected override ISecureUserData Door => new InProcessVaults(engine.Embedded);
}
