using SecureUserData.Vault;

namespace SecureUserData.Conformance.Permissions;

/// <summary>One call of every operation, correct in all but perhaps who makes it.</summary>
internal static class Operations
{
    private static readonly ApplicationSettings Settings = new("Registered by a test");
    private static readonly ScriptText Text = new("Survey", "Count cities", LegalBasis.Consent) { Fields = ["city"] };
    private static readonly RecordContent Content = RecordContent.Text("written by a test");
    private static readonly Dictionary<string, string> Fields = new() { ["name"] = "Made by a test" };
    private static readonly Dictionary<string, string?> Changes = new() { ["name"] = "Changed by a test" };
    private static readonly RetentionRules Rules = new() { Log = TimeSpan.FromDays(30) };
    private static readonly Selection Selection = new() { Fields = ["name"], Collection = "letters" };

    /// <summary>By name; each is made in a session, about a target, with the grant that the user could give.</summary>
    internal static readonly IReadOnlyDictionary<string, Func<ISession, Target, ConsentGrant, Task>> InSession =
        new Dictionary<string, Func<ISession, Target, ConsentGrant, Task>>
        {
            ["IInstallation.RegisterApplicationAsync"] = (s, _, _) =>
                Installation(s).RegisterApplicationAsync(Settings),
            ["IInstallation.ListApplicationsAsync"] = (s, _, _) => Installation(s).ListApplicationsAsync(),
            ["IInstallation.GetCertificateKeyAsync"] = (s, _, _) => Installation(s).GetCertificateKeyAsync(),
            ["IInstallation.ReadLogAsync"] = (s, _, _) => Installation(s).ReadLogAsync(),
            ["IInstallation.AddVaultAsync"] = (s, _, _) => Installation(s).AddVaultAsync(VaultUserId.New(), PublicKey),
            ["IInstallation.InviteFounderAsync"] = (s, t, _) =>
                Installation(s).InviteFounderAsync(new VaultId(t.App), VaultUserId.New(), PublicKey),
            ["IInstallation.ListVaultsAsync"] = (s, _, _) => Installation(s).ListVaultsAsync(),
            ["IVault.GetHeadAsync"] = (s, t, _) => Vault(s, t).GetHeadAsync(),
            ["IVault.ListActsAsync"] = (s, t, _) => Vault(s, t).ListActsAsync(),
            ["IVault.ListGroupNamesAsync"] = (s, t, _) => Vault(s, t).ListGroupNamesAsync(),
            ["IVault.AppendAsync"] = (s, t, _) => Vault(s, t).AppendAsync(new VaultChange(Signed)),
            ["IVault.GetGroupKeysAsync"] = (s, t, _) => Vault(s, t).GetGroupKeysAsync(VaultGroupId.New()),
            ["IVault.AddGroupKeysAsync"] = (s, t, _) => Vault(s, t).AddGroupKeysAsync(VaultGroupId.New(), [Signed]),
            ["IVault.ListWaitingAsync"] = (s, t, _) => Vault(s, t).ListWaitingAsync(),
            ["IVault.ListStaleAsync"] = (s, t, _) => Vault(s, t).ListStaleAsync(VaultGroupId.New()),
            ["IVault.ReadLogAsync"] = (s, t, _) => Vault(s, t).ReadLogAsync(),
            ["IVaultItem.PutAsync"] = (s, _, _) => Item(s).PutAsync(new VaultItemChange()),
            ["IVaultItem.GetTextAsync"] = (s, _, _) => Item(s).GetTextAsync(VaultTextKind.Secret, 1),
            ["IVaultItem.GetSealsAsync"] = (s, _, _) => Item(s).GetSealsAsync(VaultGroupId.New()),
            ["IVaultItem.ReadLogAsync"] = (s, _, _) => Item(s).ReadLogAsync(),
            ["IApplication.GetAsync"] = (s, t, _) => s.Get(t.App).GetAsync(),
            ["IApplication.ListUsersAsync"] = (s, t, _) => s.Get(t.App).ListUsersAsync(),
            ["IApplication.ListScriptsAsync"] = (s, t, _) => s.Get(t.App).ListScriptsAsync(),
            ["IApplication.ListAccessesAsync"] = (s, t, _) => s.Get(t.App).ListAccessesAsync(),
            ["IApplication.ListLookUpsAsync"] = (s, t, _) => s.Get(t.App).ListLookUpsAsync(),
            ["ILookUps.FindUsersAsync"] = (s, t, _) => LookUps(s, t).FindUsersAsync("city", "London"),
            ["ILookUps.ReadLogAsync"] = (s, t, _) => LookUps(s, t).ReadLogAsync(),
            ["IApplication.SetRetentionAsync"] = (s, t, _) => s.Get(t.App).SetRetentionAsync(Rules),
            ["IRetention.GetAsync"] = (s, t, _) => s.Get(new RetentionId(t.App)).GetAsync(),
            ["IRetention.RunAsync"] = (s, t, _) => s.Get(new RetentionId(t.App)).RunAsync(),
            ["IRetention.PreviewAsync"] = (s, t, _) => s.Get(new RetentionId(t.App)).PreviewAsync(),
            ["IRotation.StartAsync"] = (s, t, _) => Rotation(s, t).StartAsync(KeyKind.Log),
            ["IRotation.GetAsync"] = (s, t, _) => Rotation(s, t).GetAsync(),
            ["IRotation.RunAsync"] = (s, t, _) => Rotation(s, t).RunAsync(),
            ["IRotation.PauseAsync"] = (s, t, _) => Rotation(s, t).PauseAsync(),
            ["IRotation.ResumeAsync"] = (s, t, _) => Rotation(s, t).ResumeAsync(),
            ["IRotation.CancelAsync"] = (s, t, _) => Rotation(s, t).CancelAsync(),
            ["IRotation.SetScheduleAsync"] = (s, t, _) => Rotation(s, t).SetScheduleAsync(new RotationSchedule()),
            ["IMasterRotation.StartAsync"] = (s, _, _) => s.Get(new MasterRotationId()).StartAsync(),
            ["IMasterRotation.GetAsync"] = (s, _, _) => s.Get(new MasterRotationId()).GetAsync(),
            ["IMasterRotation.RunAsync"] = (s, _, _) => s.Get(new MasterRotationId()).RunAsync(),
            ["IMasterRotation.PauseAsync"] = (s, _, _) => s.Get(new MasterRotationId()).PauseAsync(),
            ["IMasterRotation.ResumeAsync"] = (s, _, _) => s.Get(new MasterRotationId()).ResumeAsync(),
            ["IMasterRotation.CancelAsync"] = (s, _, _) => s.Get(new MasterRotationId()).CancelAsync(),
            ["IApplication.ReadLogAsync"] = (s, t, _) => s.Get(t.App).ReadLogAsync(),
            ["IUser.CreateAsync"] = (s, _, _) => s.Get(UserId.New()).CreateAsync(Fields),
            ["IUser.GetAsync"] = (s, t, _) => s.Get(t.User).GetAsync(),
            ["IUser.GetHistoryAsync"] = (s, t, _) => s.Get(t.User).GetHistoryAsync(),
            ["IUser.SetFieldsAsync"] = (s, t, _) => s.Get(t.User).SetFieldsAsync(Changes),
            ["IUser.PutRecordAsync"] = (s, t, _) => s.Get(t.User).PutRecordAsync("letters", Content, t.Record),
            ["IUser.AddRecordsAsync"] = (s, t, _) => s.Get(t.User).AddRecordsAsync("letters", [New()]),
            ["IUser.GetRecordAsync"] = (s, t, _) => s.Get(t.User).GetRecordAsync("letters", t.Record),
            ["IUser.DeleteRecordAsync"] = (s, t, _) => s.Get(t.User).DeleteRecordAsync("letters", t.Record),
            ["IUser.ListRecordsAsync"] = (s, t, _) => s.Get(t.User).ListRecordsAsync("letters"),
            ["IUser.ListCollectionsAsync"] = (s, t, _) => s.Get(t.User).ListCollectionsAsync(),
            ["IUser.PauseAsync"] = (s, t, _) => s.Get(t.User).PauseAsync(),
            ["IUser.ResumeAsync"] = (s, t, _) => s.Get(t.User).ResumeAsync(),
            ["IUser.ReadLogAsync"] = (s, t, _) => s.Get(t.User).ReadLogAsync(),
            ["IUser.ExportProfileAsync"] = (s, t, _) => s.Get(t.User).ExportProfileAsync(),
            ["IUser.ExportRecordsAsync"] = (s, t, _) => s.Get(t.User).ExportRecordsAsync("letters"),
            ["IUser.ExportLogAsync"] = (s, t, _) => s.Get(t.User).ExportLogAsync(),
            ["IErasure.PreviewAsync"] = (s, t, _) => s.Get(new ErasureId(t.User)).PreviewAsync(),
            ["IErasure.RequestAsync"] = (s, t, _) => s.Get(new ErasureId(t.User)).RequestAsync(),
            ["IErasure.GetAsync"] = (s, t, _) => s.Get(new ErasureId(t.User)).GetAsync(),
            ["IUser.ReissueCredentialAsync"] = (s, t, _) => s.Get(t.User).ReissueCredentialAsync(),
            ["IOverview.ListConsentsAsync"] = (s, t, _) => s.Get(new OverviewId(t.User)).ListConsentsAsync(),
            ["IScript.RegisterAsync"] = (s, _, _) => s.Get(ScriptId.New()).RegisterAsync(Text),
            ["IScript.AddVersionAsync"] = (s, t, _) => s.Get(t.Script).AddVersionAsync(Text),
            ["IScript.GetAsync"] = (s, t, _) => s.Get(t.Script).GetAsync(),
            ["IReadAll.ReadAsync"] = (s, t, _) => s.Get(new ReadAllId(t.Script)).ReadAsync(["name"]),
            ["IFollower.NextAsync"] = (s, _, _) => s.Get(FollowerId.New()).NextAsync(Events.Beginning),
            ["IConsent.GetAsync"] = (s, t, _) => Consent(s, t).GetAsync(),
            ["IConsent.GiveAsync"] = (s, t, grant) => Consent(s, t).GiveAsync(grant),
            ["IConsent.RefuseAsync"] = (s, t, _) => Consent(s, t).RefuseAsync(),
            ["IConsent.WithdrawAsync"] = (s, t, _) => Consent(s, t).WithdrawAsync(),
            ["IConsent.ReadAsync"] = (s, t, _) => Consent(s, t).ReadAsync(Selection),
        };

    private static Signed Signed => new([], []);

    private static byte[] PublicKey
    {
        get
        {
            using var key = SigningKey.Generate();
            return key.PublicKey.ToArray();
        }
    }

    private static IVault Vault(ISession session, Target target) => session.Get(new VaultId(target.App));

    private static IVaultItem Item(ISession session) => session.Get(VaultItemId.New(VaultItemKind.Service));

    private static NewRecord New() => new(RecordId.New(), Content);

    private static IInstallation Installation(ISession session) => session.Get(new InstallationId());

    private static ILookUps LookUps(ISession session, Target target) => session.Get(new LookUpsId(target.App, 7));

    private static IRotation Rotation(ISession session, Target target) => session.Get(new RotationId(target.App));

    private static IConsent Consent(ISession session, Target target) =>
        session.Get(new ConsentId(target.User, target.Script));
}
