using Microsoft.Extensions.Logging;

namespace SecureUserData.Cluster.Security;

// What reaches the log of a silo: never the text of an exception, which can hold data, and never an argument.
internal sealed partial class CallFilter
{
    [LoggerMessage(LogLevel.Error, "A call of {Method} failed inside with {Kinds}:\n{Stack}")]
    private static partial void LogFailure(ILogger logger, string method, string kinds, string? stack);

    [LoggerMessage(LogLevel.Warning, "A call of {Method} without the token of a silo was refused")]
    private static partial void LogRefused(ILogger logger, string method);

    internal static string Kinds(Exception exception) => exception.InnerException is { } inner
        ? $"{exception.GetType()} from {Kinds(inner)}"
        : exception.GetType().ToString();
}
