using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>Everything that the silos write into their logs, exceptions with their whole texts.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    internal IEnumerable<string> All => _lines;

    internal bool Contain(string text) => _lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Category(LogLines lines, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            lines._lines.Enqueue($"{logLevel} {name}: {formatter(state, exception)} {exception}");
    }
}
