using System.Collections.Concurrent;
using SecureUserData.Ports;

namespace SecureUserData.Following;

/// <summary>News within one process. A topic is there only while somebody watches it who has not been told yet: so a
/// follower who is slow, or never reads again, costs those who append nothing.</summary>
/// <param name="time">The clock.</param>
public sealed class ProcessNews(TimeProvider time) : INews
{
    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly Lock _gate = new(); // for those who watch; who tells does not take it
    private int _watched;
    private bool _ended;

    /// <summary>Topics that somebody watches who has not been told.</summary>
    internal int Watched => Volatile.Read(ref _watched);

    /// <inheritdoc/>
    public void Tell(string chain, string? app)
    {
        if (Watched == 0) return;
        Tell(chain);
        if (app is not null && app != chain) Tell(app);
    }

    /// <inheritdoc/>
    public ValueTask<INewsWatch> WatchAsync(string topic)
    {
        lock (_gate)
        {
            if (!_topics.TryGetValue(topic, out var watched))
            {
                watched = new Topic(topic);
                if (_ended) watched.Told.SetResult(false);
                else if (_topics.TryAdd(topic, watched)) Interlocked.Increment(ref _watched); // only here one is added
            }
            watched.Watchers++;
            return ValueTask.FromResult<INewsWatch>(new Watch(this, watched, time));
        }
    }

    /// <inheritdoc/>
    public void EndWaiting()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (var topic in _topics.Values) Remove(topic, news: false);
        }
    }

    private void Tell(string name)
    {
        if (_topics.TryGetValue(name, out var topic)) Remove(topic, news: true);
    }

    private void Remove(Topic topic, bool news)
    {
        if (_topics.TryRemove(KeyValuePair.Create(topic.Name, topic))) Interlocked.Decrement(ref _watched);
        topic.Told.TrySetResult(news);
    }

    private void Leave(Topic topic)
    {
        lock (_gate)
            if (--topic.Watchers == 0) Remove(topic, news: false);
    }

    private sealed class Topic(string name)
    {
        internal string Name => name;

        internal int Watchers { get; set; }

        /// <summary>What waits for it goes on in its own thread, never in that of who tells.</summary>
        internal TaskCompletionSource<bool> Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Watch(ProcessNews news, Topic topic, TimeProvider time) : INewsWatch
    {
        public async Task<bool> WaitAsync(TimeSpan atMost)
        {
            using var over = new CancellationTokenSource();
            var told = topic.Told.Task;
            var first = await Task.WhenAny(told, Task.Delay(atMost, time, over.Token));
            await over.CancelAsync(); // the timer
            return first == told && await told;
        }

        public void Dispose() => news.Leave(topic);
    }
}
