using SecureUserData.Conformance;
using SecureUserData.Conformance.Permissions;
using SecureUserData.Conformance.Vault;

namespace SecureUserData.Cluster.Tests.Conformance;

// A cluster of two silos under the whole suite: one class for each area.
public sealed class TwoSiloApplicationTests(TwoSilos cluster)
    : ApplicationConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloUserTests(TwoSilos cluster) : UserConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloHistoryTests(TwoSilos cluster)
    : HistoryConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloRetentionTests(TwoSilos cluster)
    : RetentionConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloLogRetentionTests(TwoSilos cluster)
    : LogRetentionConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloRotationTests(TwoSilos cluster)
    : RotationConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloUserKeyRotationTests(TwoSilos cluster)
    : UserKeyRotationConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloIndexRotationTests(TwoSilos cluster)
    : IndexRotationConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloRotationScheduleTests(TwoSilos cluster)
    : RotationScheduleConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloMasterRotationTests(TwoSilos cluster)
    : MasterRotationConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloUniqueFieldTests(TwoSilos cluster)
    : UniqueFieldConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloOwnedDataTests(TwoSilos cluster)
    : OwnedDataConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloAddRecordsTests(TwoSilos cluster)
    : AddRecordsConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloScriptTests(TwoSilos cluster)
    : ScriptConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloScriptVersionTests(TwoSilos cluster)
    : ScriptVersionConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloConsentTests(TwoSilos cluster)
    : ConsentConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloFirewallTests(TwoSilos cluster)
    : FirewallConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloMaskTests(TwoSilos cluster) : MaskConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloMaskVersionTests(TwoSilos cluster)
    : MaskVersionConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloAccessLogTests(TwoSilos cluster)
    : AccessLogConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloCredentialTests(TwoSilos cluster)
    : CredentialConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloRestartTests(TwoSilos cluster)
    : RestartConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloConcurrencyTests(TwoSilos cluster)
    : ConcurrencyConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloPermissionTests(TwoSilos cluster)
    : PermissionConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloErasureTests(TwoSilos cluster)
    : ErasureConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloExportTests(TwoSilos cluster)
    : ExportConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloReadAllTests(TwoSilos cluster)
    : ReadAllConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloFollowingTests(TwoSilos cluster)
    : FollowingConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloSharedSecretsTests(TwoSilos cluster)
    : SharedSecretsConformance(cluster), IClassFixture<TwoSilos>;

public sealed class TwoSiloVaultPermissionTests(TwoSilos cluster)
    : VaultPermissionConformance(cluster), IClassFixture<TwoSilos>;
