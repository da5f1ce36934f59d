using System.CommandLine;
using SecureUserData.Cli.Console;
using SecureUserData.Cli.Keys;

namespace SecureUserData.Cli;

/// <summary>One run of one command.</summary>
internal sealed class Run(
    CommandLine cli, ParseResult parsed, Surroundings around, Output output, CancellationToken cancellation)
{
    internal Surroundings Around => around;

    internal Output Out => output;

    internal CancellationToken Cancellation => cancellation;

    /// <summary>The full path of the data folder.</summary>
    internal string Folder => Path.TrimEndingDirectorySeparator(around.FullPath(Get(cli.Data)));

    internal string? SaveAs => SavedCredentials.CheckName(parsed.GetValue(cli.SaveAs));

    internal T Get<T>(Option<T> option) => parsed.GetValue(option)!;

    internal T Get<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    /// <summary>The command line, for what follows <c>--</c>.</summary>
    internal IReadOnlyList<string> Tokens => [.. parsed.Tokens.Select(token => token.Value)];

    /// <summary>Whether the option stands on the command line.</summary>
    internal bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The items of a list such as <c>a,b</c>; several options add up.</summary>
    internal IReadOnlyList<string> List(Option<string[]> option) =>
        [.. Get(option).SelectMany(text => text.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Opens the data folder.</summary>
    internal Task<OpenFolder> OpenAsync() => OpenFolder.OpenAsync(this);

    /// <summary>The credential that <c>--as</c> says.</summary>
    internal Credential Credential(OpenFolder folder, params CallerKind[] kinds) =>
        folder.Credential(parsed.GetValue(cli.As), kinds);

    /// <summary>Signs in as <c>--as</c> says.</summary>
    internal Task<ISession> SignInAsync(OpenFolder folder, params CallerKind[] kinds) =>
        folder.Engine.SignInAsync(Credential(folder, kinds));
}
