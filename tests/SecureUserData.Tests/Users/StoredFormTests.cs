using System.Text.Json;
using SecureUserData.Applications;
using SecureUserData.Entities;
using SecureUserData.Users;

namespace SecureUserData.Tests.Users;

/// <summary>States in the form in which earlier versions of the program stored them.</summary>
public sealed class StoredFormTests
{
    private static readonly DateTimeOffset CreatedAt = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_field_stored_before_there_were_histories_was_set_when_the_profile_was_created()
    {
        var state = JsonSerializer.Deserialize(
            """
            {
                "app": "app_00000000000000000000000000", "wrappedKey": "AQ==", "wrappedUnder": 1, "keyVersion": 1,
                "keyUses": 5, "fields": [{ "name": "email", "envelope": "AQI=", "indexTag": "ix/1", "isUnique": true }],
                "createdAt": "2025-06-01T12:00:00+00:00", "claimVerifier": "AQ=="
            }
            """,
            StateJson.Default.UserState)!;

        var field = Assert.Single(state.Fields);
        Assert.Equal(("email", "ix/1", true), (field.Name, field.IndexTag, field.IsUnique));
        Assert.True(field.Earlier.IsDefault);
        Assert.Equal(CreatedAt.ToUnixTimeMilliseconds(), state.SetAt(field));
    }

    [Fact]
    public void A_field_without_a_history_stores_nothing_about_one()
    {
        var json = JsonSerializer.Serialize(
            new StoredField("email", [1, 2], null, false) { SetAt = 1 }, StateJson.Default.StoredField);

        Assert.Equal("""{"name":"email","envelope":"AQI=","setAt":1}""", json);
    }

    [Theory]
    [InlineData("{\"name\":\"City Library\",\"uniqueFields\":[],\"indexedFields\":[]}", 10)]
    [InlineData("{\"name\":\"City Library\",\"uniqueFields\":[],\"indexedFields\":[],\"fieldVersions\":0}", 0)]
    public void Settings_stored_before_there_were_histories_have_the_usual_number_of_versions(string json, int expected)
    {
        var settings = JsonSerializer.Deserialize(json, StateJson.Default.ApplicationSettings)!;

        Assert.Equal(expected, settings.VersionsKept());
        var again = JsonSerializer.Serialize(settings, StateJson.Default.ApplicationSettings);
        var stored = JsonSerializer.Deserialize(again, StateJson.Default.ApplicationSettings)!;
        Assert.Equal(expected, stored.VersionsKept());
    }
}
