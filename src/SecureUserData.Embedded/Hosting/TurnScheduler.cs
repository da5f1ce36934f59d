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

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            if (_first is null) _first = task;
            else (_more ??= new()).Enqueue(task);
            if (_running) return;
            _running = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

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
