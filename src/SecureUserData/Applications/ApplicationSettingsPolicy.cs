using SecureUserData.Access;

namespace SecureUserData.Applications;

/// <summary>What an application may declare.</summary>
internal static class ApplicationSettingsPolicy
{
    internal static void Check(ApplicationSettings? settings)
    {
        if (settings is null) throw SecureUserDataException.Invalid("The settings are missing: pass at least a name.");
        Names.CheckText(settings.Name, "name of the application", Limits.TitleLength);
        Names.CheckAll(settings.UniqueFields, "unique field");
        Names.CheckAll(settings.IndexedFields, "indexed field");
        if (settings.UniqueFields.Intersect(settings.IndexedFields).Any())
            throw SecureUserDataException.Invalid(
                "A field is both unique and indexed: a unique field is indexed already.");
    }

    internal static bool IsIndexed(this ApplicationSettings settings, string field) =>
        settings.IsUnique(field) || settings.IndexedFields.Contains(field);

    internal static bool IsUnique(this ApplicationSettings settings, string field) =>
        settings.UniqueFields.Contains(field);
}
