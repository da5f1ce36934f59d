namespace SecureUserData.Embedded.Hosting;

/// <summary>Runs everything of one activation on one thread at a time, so that an entity needs no locks.</summary>
internal abstract class TurnScheduler : TaskScheduler, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private Task? _first; // nearly always there is one at most
    private Queue<Task>? _more;
    private bool _running;

    public override int MaximumConcurrencyLevel => 1;

    void IThreadPoolWorkItem.Execute()
    {
        while (TryTake(out var task)) TryExecuteTask(task);
    }

    /// <summary>Whether calls that are made within a turn run at once, nested in it.</summary>
    protected virtual bool Nests => true;

    /// <summary>Runs a task at once when one entity calls another that is idle: calls go down only, so they nest a few
    /// levels deep at the most. Whatever comes from outside goes to the thread pool.</summary>
    protected override void QueueTask(Task task)
    {
        var atOnce = Current is TurnScheduler { Nests: true };
        lock (_gate)
        {
            if (_running || !atOnce)
            {
                if (_first is null) _first = task;
                else (_more ??= new()).Enqueue(task);
            }
            if (_running) return;
            _running = true;
        }
        if (atOnce) RunAtOnce(task);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <summary>Lets what an entity has awaited go on in the thread that ended it, if the entity has no other
    /// turn.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
    {
        if (taskWasPreviouslyQueued) return false;
        if (Current == this) return TryExecuteTask(task); // within its own turn
        lock (_gate)
        {
            if (_running) return false;
            _running = true;
        }
        RunAtOnce(task);
        return true;
    }

    private void RunAtOnce(Task task)
    {
        TryExecuteTask(task);
        lock (_gate)
            if (_first is null)
            {
                _running = false;
                return;
            }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate) return [.. _first is null ? Array.Empty<Task>() : [_first], .. _more ?? []];
    }

    private bool TryTake(out Task task)
    {
        lock (_gate)
        {
            task = _first!;
            _first = _more is { Count: > 0 } ? _more.Dequeue() : null;
            return _running = task is not null;
        }
    }
}
