using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Protection;

/// <summary>
/// Work on files, several at a time, whose results are taken in the order in which the work was given. One thread gives and
/// takes; the work runs on others. What waits to be taken is bounded, too: behind one slow input the rest is held up before
/// its results fill the memory.
/// </summary>
/// <typeparam name="TResult">What the work on one file results in.</typeparam>
public sealed class FileBatch<TResult> : IDisposable
{
    /// <summary>How many times the throttle limit a batch may hold, at work and waiting to be taken.</summary>
    public const int Window = 4;

    private readonly object _gate = new();
    private readonly Queue<Entry> _entries = new();
    private readonly CancellationTokenSource _stop;
    private readonly int _throttleLimit;
    private int _atWork;
    private long _done;
    private bool _isDisposed;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="throttleLimit">How many may be at work at a time.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public FileBatch(int throttleLimit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(throttleLimit, 1);
        _throttleLimit = throttleLimit;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>How many have been done, taken or not.</summary>
    public long Done => Read(() => _done);

    /// <summary>The file that is the next to be taken; null when everything has been.</summary>
    public string? Oldest => Read(() => _entries.TryPeek(out Entry? oldest) ? oldest.Input : null);

    /// <summary>Whether everything given has been taken.</summary>
    public bool IsEmpty => Read(() => _entries.Count == 0);

    /// <summary>Whether more work can be given.</summary>
    public bool HasRoom => Read(() => _atWork < _throttleLimit && _entries.Count < _throttleLimit * Window);

    /// <summary>Whether the oldest result can be taken.</summary>
    public bool IsOldestDone => Read(() => _entries.TryPeek(out Entry? oldest) && oldest.Work.IsCompleted);

    /// <summary>Whether work that is not done yet reads or writes a file. What is next to use the file has to wait, or would find it half done.</summary>
    public bool IsUsing(string file)
    {
        string path = Path.GetFullPath(file);
        return Read(() => _entries.Any(entry => !entry.Work.IsCompleted && entry.Files.Contains(path, FilePaths.Comparer)));
    }

    /// <summary>Starts work. There must be room, and no other may be using the files.</summary>
    /// <param name="input">The file that the work is for.</param>
    /// <param name="target">The file it writes; null for none.</param>
    /// <param name="work">The work; its token is cancelled when the batch is to stop.</param>
    public void Start(string input, string? target, Func<CancellationToken, Task<TResult>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        string[] files = target is null ? [Path.GetFullPath(input)] : [Path.GetFullPath(input), Path.GetFullPath(target)];
        CancellationToken stop = _stop.Token;
        lock (_gate)
        {
            _atWork++;
            Task<TResult> started = Task.Run(
                () =>
                {
                    stop.ThrowIfCancellationRequested();
                    return work(stop);
                },
                CancellationToken.None);
            _entries.Enqueue(new Entry(input, files, started));
            _ = started.ContinueWith(_ => Finish(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Waits until something is so, which is looked at whenever work ends.</summary>
    /// <param name="condition">What is to be so.</param>
    /// <param name="atMost">How long to wait for it.</param>
    /// <returns>Whether it is so.</returns>
    public bool WaitUntil(Func<FileBatch<TResult>, bool> condition, TimeSpan atMost)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long end = Environment.TickCount64 + (long)atMost.TotalMilliseconds;
        lock (_gate)
        {
            while (!condition(this))
            {
                long left = end - Environment.TickCount64;
                if (left <= 0)
                {
                    return false;
                }

                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(left));
            }

            return true;
        }
    }

    /// <summary>Takes the oldest, which must be done.</summary>
    /// <returns>The file that the work was for, and the work.</returns>
    public (string Input, Task<TResult> Work) Take()
    {
        lock (_gate)
        {
            Entry oldest = _entries.Dequeue();
            return (oldest.Input, oldest.Work);
        }
    }

    /// <summary>Stops what is at work, and waits until it has stopped. What was not taken is dropped.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        _stop.Cancel();
        lock (_gate)
        {
            while (_atWork > 0)
            {
                Monitor.Wait(_gate);
            }

            foreach (Entry entry in _entries)
            {
                // Nobody will look at the failure any more.
                _ = entry.Work.Exception;
            }

            _entries.Clear();
        }

        _stop.Dispose();
    }

    private void Finish()
    {
        lock (_gate)
        {
            _atWork--;
            _done++;
            Monitor.PulseAll(_gate);
        }
    }

    private T Read<T>(Func<T> value)
    {
        lock (_gate)
        {
            return value();
        }
    }

    private sealed record Entry(string Input, string[] Files, Task<TResult> Work);
}
