using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecureUserData.Vault.Tests.Interop;

/// <summary>Runs <c>hpke.mjs</c>, the second implementation; skips the test where there is no Node.</summary>
internal static class Node
{
    internal static async Task<JsonElement> AskAsync(JsonObject request)
    {
        using var process = Start();
        await process.StandardInput.WriteAsync(request.ToJsonString());
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        using var document = JsonDocument.Parse(answer);
        return document.RootElement.Clone();
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Interop", "hpke.mjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("there is no node");
            throw;
        }
    }
}
