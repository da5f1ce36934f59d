using SecureUserData.Conformance;
using SecureUserData.Conformance.Permissions;
using SecureUserData.Conformance.Vault;

namespace SecureUserData.Cluster.Tests.Conformance;

// A cluster of three silos under the whole suite: one class for each area.
public sealed class ThreeSiloApplicationTests(ThreeSilos cluster)
    : ApplicationConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloUserTests(ThreeSilos cluster) : UserConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloHistoryTests(ThreeSilos cluster)
    : HistoryConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloRetentionTests(ThreeSilos cluster)
    : RetentionConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloLogRetentionTests(ThreeSilos cluster)
    : LogRetentionConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloRotationTests(ThreeSilos cluster)
    : RotationConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloUserKeyRotationTests(ThreeSilos cluster)
    : UserKeyRotationConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloIndexRotationTests(ThreeSilos cluster)
    : IndexRotationConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloRotationScheduleTests(ThreeSilos cluster)
    : RotationScheduleConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloMasterRotationTests(ThreeSilos cluster)
    : MasterRotationConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloUniqueFieldTests(ThreeSilos cluster)
    : UniqueFieldConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloOwnedDataTests(ThreeSilos cluster)
    : OwnedDataConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloAddRecordsTests(ThreeSilos cluster)
    : AddRecordsConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloScriptTests(ThreeSilos cluster)
    : ScriptConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloScriptVersionTests(ThreeSilos cluster)
    : ScriptVersionConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloConsentTests(ThreeSilos cluster)
    : ConsentConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloFirewallTests(ThreeSilos cluster)
    : FirewallConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloMaskTests(ThreeSilos cluster) : MaskConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloMaskVersionTests(ThreeSilos cluster)
    : MaskVersionConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloAccessLogTests(ThreeSilos cluster)
    : AccessLogConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloCredentialTests(ThreeSilos cluster)
    : CredentialConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloRestartTests(ThreeSilos cluster)
    : RestartConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloConcurrencyTests(ThreeSilos cluster)
    : ConcurrencyConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloPermissionTests(ThreeSilos cluster)
    : PermissionConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloErasureTests(ThreeSilos cluster)
    : ErasureConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloExportTests(ThreeSilos cluster)
    : ExportConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloReadAllTests(ThreeSilos cluster)
    : ReadAllConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloFollowingTests(ThreeSilos cluster)
    : FollowingConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloSharedSecretsTests(ThreeSilos cluster)
    : SharedSecretsConformance(cluster), IClassFixture<ThreeSilos>;

public sealed class ThreeSiloVaultPermissionTests(ThreeSilos cluster)
    : VaultPermissionConformance(cluster), IClassFixture<ThreeSilos>;
