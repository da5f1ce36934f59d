using System.Globalization;

namespace SecureUserData.Migrate;

/// <summary>Shows how far a step is, a line every few seconds.</summary>
internal sealed class ProgressLines(TextWriter to, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private long _shown = time.GetTimestamp();

    internal IProgress<long> Begin(string step) => new Step(this, step);

    private sealed class Step(ProgressLines lines, string step) : IProgress<long>
    {
        public void Report(long value)
        {
            if (lines.Elapsed < Every) return;
            lines.Show(string.Create(CultureInfo.InvariantCulture, $"{step}: {value:N0}"));
        }
    }

    private TimeSpan Elapsed => time.GetElapsedTime(_shown);

    private void Show(string line)
    {
        to.WriteLine(line);
        _shown = time.GetTimestamp();
    }
}
