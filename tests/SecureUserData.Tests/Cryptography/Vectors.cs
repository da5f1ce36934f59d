using System.Text.Json;

namespace SecureUserData.Tests.Cryptography;

/// <summary>The vectors in <c>tests/vectors</c>, which another implementation made.</summary>
internal static class Vectors
{
    internal static readonly string Root = FindRoot();

    internal static JsonElement Read(string name)
    {
        var file = Path.Combine(Root, "tests", "vectors", $"{name}.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }

    internal static string Text(this JsonElement element, string property) =>
        element.GetProperty(property).GetString()!;

    internal static int Number(this JsonElement element, string property) => element.GetProperty(property).GetInt32();

    internal static byte[] Hex(this JsonElement element, string property) =>
        Convert.FromHexString(element.Text(property));

    internal static List<string> Texts(this JsonElement element, string property) =>
        element.TryGetProperty(property, out var list)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : [];

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SecureUserData.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        return folder.FullName;
    }
}
