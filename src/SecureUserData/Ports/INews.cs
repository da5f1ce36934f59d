namespace SecureUserData.Ports;

/// <summary>Tells those who wait for it that the access log has grown; what has happened they read there. A topic is
/// the name of a chain, or the id of an application for all chains of its users.</summary>
public interface INews
{
    /// <summary>Tells that a row is on the disk. Every append does so: it never waits and never fails, and costs next
    /// to nothing when nobody is watching.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="app">Whose chain it is; null for the installation's.</param>
    void Tell(string chain, string? app);

    /// <summary>Begins to watch. Whoever watches first and reads the log then misses nothing.</summary>
    /// <param name="topic">What.</param>
    ValueTask<INewsWatch> WatchAsync(string topic);

    /// <summary>Ends all waiting, now and from now on: the process is about to stop.</summary>
    void EndWaiting();
}

/// <summary>One watcher of a topic, for one piece of news: how much has happened by then does not matter. Disposing
/// ends the watching.</summary>
public interface INewsWatch : IDisposable
{
    /// <summary>Returns when there is news since the watching began.</summary>
    /// <param name="atMost">How long to wait for it.</param>
    /// <returns>False when there is none: the time is over, or the process is about to stop.</returns>
    Task<bool> WaitAsync(TimeSpan atMost);
}
