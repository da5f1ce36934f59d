using SecureUserData.Access;
using SecureUserData.Retention;

namespace SecureUserData.Applications;

/// <summary>What an application may declare.</summary>
internal static class ApplicationSettingsPolicy
{
    /// <summary>The settings with lists of their own, once they have been checked.</summary>
    internal static ApplicationSettings Check(ApplicationSettings? settings)
    {
        if (settings is null) throw SecureUserDataException.Invalid("The settings are missing: pass at least a name.");
        Names.CheckText(settings.Name, "name of the application", Limits.TitleLength);
        settings = settings with
        {
            UniqueFields = Names.CheckAll(settings.UniqueFields, "unique field"),
            IndexedFields = Names.CheckAll(settings.IndexedFields, "indexed field"),
        };
        if (settings.UniqueFields.Intersect(settings.IndexedFields).Any())
            throw SecureUserDataException.Invalid(
                "A field is both unique and indexed: a unique field is indexed already.");
        if (settings.VersionsKept() is < 0 or > Limits.FieldVersions)
            throw SecureUserDataException.Invalid(
                $"0 to {Limits.FieldVersions} earlier values of a field can be kept: change the number.");
        return settings with { Retention = RetentionPolicy.Check(settings.Rules()) };
    }

    internal static bool IsIndexed(this ApplicationSettings settings, string field) =>
        settings.IsUnique(field) || settings.IndexedFields.Contains(field);

    internal static int VersionsKept(this ApplicationSettings settings) =>
        settings.FieldVersions ?? Limits.UsualFieldVersions;

    internal static RetentionRules Rules(this ApplicationSettings settings) =>
        settings.Retention ?? RetentionRules.None;

    internal static bool IsUnique(this ApplicationSettings settings, string field) =>
        settings.UniqueFields.Contains(field);
}
