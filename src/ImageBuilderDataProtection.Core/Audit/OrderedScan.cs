using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Reads many sources, several at a time, and gives what comes of them in the order of the sources: the readings of one follow
/// those of the one before. Sources may be added while it runs. What waits to be taken of sources is bounded, whatever they hold: when
/// nothing is taken, reading pauses. Adding and taking is for one thread.
/// </summary>
/// <typeparam name="TSource">What is read.</typeparam>
/// <typeparam name="TReading">One thing that comes of reading.</typeparam>
internal sealed class OrderedScan<TSource, TReading> : IDisposable
    where TSource : class
{
    // Waking a thread costs more than reading a record does: whoever takes looks again after this while, unless much is waiting.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How long what is being read may take to stop.</summary>
    private static readonly TimeSpan MaxStopping = TimeSpan.FromSeconds(1);

    private readonly int _parallelism;
    private readonly CancellationTokenSource _stop;

    // The first is held while sources are listed, which may ask a network; the second guards all below, and only for moments.
    private readonly object _listing = new();
    private readonly object _gate = new();
    private readonly Queue<IEnumerator<TSource>> _lists = new();
    private readonly Queue<ScannedSource> _scanned = new();
    private readonly List<Thread> _workers = [];
    private bool _isComplete;
    private Exception? _fault;
    private bool _isDisposed;
    private long _read;

    /// <summary>Makes a scan of nothing yet.</summary>
    /// <param name="parallelism">How many sources are read at a time.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public OrderedScan(int parallelism, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        _parallelism = parallelism;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Stopping = _stop.Token;
    }

    /// <summary>Makes a reader, for one thread.</summary>
    public required Func<ISourceReader<TSource, TReading>> NewReader { get; init; }

    /// <summary>What a reading holds in memory, roughly.</summary>
    public required Func<TReading, long> BytesOf { get; init; }

    /// <summary>The reading that tells of a failure to list sources.</summary>
    public required Func<DataProtectionException, TReading> OfListing { get; init; }

    /// <summary>For each source that is read at a time, how many may be begun before the first of them is taken from to its end.</summary>
    public int SourcesAhead { get; init; } = 16;

    /// <summary>Cancelled when the reading is to stop, because of the caller or of <see cref="Dispose"/>.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>How many sources were read to their end.</summary>
    public long SourcesRead => Interlocked.Read(ref _read);

    /// <summary>Whether all was taken and no more comes.</summary>
    public bool IsDone
    {
        get
        {
            lock (_gate)
            {
                return _isComplete && _lists.Count == 0 && _scanned.All(static source => source.IsSpent);
            }
        }
    }

    /// <summary>Adds sources to the end; they are listed as they are needed, by the threads that read, one thread at a time.</summary>
    /// <param name="sources">The sources. A <see cref="DataProtectionException"/> that the listing throws is a reading, and its end.</param>
    public void Add(IEnumerable<TSource> sources)
    {
        lock (_gate)
        {
            _lists.Enqueue(sources.GetEnumerator());
            StartWorker();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Adds a reading, in its place among the sources; for those who list them.</summary>
    public void Put(TReading reading)
    {
        lock (_gate)
        {
            var put = new ScannedSource(null) { IsRead = true };
            put.Readings.Enqueue(reading);
            _scanned.Enqueue(put);
        }
    }

    /// <summary>Says that no more sources come.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes the next reading.</summary>
    /// <param name="patience">How long to wait for it; zero for not at all.</param>
    /// <param name="reading">The reading.</param>
    /// <returns>Whether there was one; when not, <see cref="IsDone"/> tells whether one can still come.</returns>
    /// <exception cref="OperationCanceledException">The scan was stopped.</exception>
    public bool TryTake(TimeSpan patience, [MaybeNullWhen(false)] out TReading reading)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_gate)
        {
            while (true)
            {
                Stopping.ThrowIfCancellationRequested();
                if (_fault is not null)
                {
                    ExceptionDispatchInfo.Throw(_fault);
                }

                if (TryTakeReady(out reading))
                {
                    return true;
                }

                long left = deadline - Environment.TickCount64;
                if (left <= 0 || IsDone)
                {
                    return false;
                }

                Monitor.Wait(_gate, (int)Math.Min(left, (long)LookAgain.TotalMilliseconds));
            }
        }
    }

    /// <summary>Takes all that is left; no more sources come.</summary>
    /// <exception cref="OperationCanceledException">The scan was stopped.</exception>
    public IEnumerable<TReading> TakeAll()
    {
        Complete();
        while (!IsDone)
        {
            if (TryTake(Patience, out TReading? reading))
            {
                yield return reading;
            }
        }
    }

    /// <summary>
    /// Stops what is being read, and waits until it has stopped. What the operating system holds, such as a pipe that nobody writes
    /// to, cannot be called back: it is left after a second.
    /// </summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _stop.Cancel();
        Complete();
        long deadline = Environment.TickCount64 + (long)MaxStopping.TotalMilliseconds;
        if (_workers.All(worker => worker.Join((int)Math.Max(0, deadline - Environment.TickCount64))))
        {
            foreach (IEnumerator<TSource> list in _lists)
            {
                list.Dispose();
            }

            _lists.Clear();
        }

        _stop.Dispose();
    }

    private bool TryTakeReady([MaybeNullWhen(false)] out TReading reading)
    {
        while (_scanned.TryPeek(out ScannedSource? first))
        {
            if (first.Readings.TryDequeue(out reading))
            {
                bool isPaused = first.IsFull;
                first.WaitingBytes -= BytesOf(reading);
                if (isPaused && !first.IsFull)
                {
                    Monitor.PulseAll(_gate);
                }

                return true;
            }

            if (!first.IsRead)
            {
                break;
            }

            _scanned.Dequeue();
            Monitor.PulseAll(_gate);
        }

        reading = default;
        return false;
    }

    // Threads of their own: what they read may block, and what a network brings needs the pool's.
    private void StartWorker()
    {
        if (_workers.Count < _parallelism && !Stopping.IsCancellationRequested)
        {
            var worker = new Thread(Work) { IsBackground = true, Name = "Ordered scan" };
            _workers.Add(worker);
            worker.Start();
        }
    }

    private void Work()
    {
        try
        {
            ISourceReader<TSource, TReading> reader = NewReader();
            while (Begin() is { } scanned)
            {
                foreach (TReading reading in reader.Read(scanned.Source!, Stopping))
                {
                    Put(scanned, reading);
                }

                Interlocked.Increment(ref _read);
                End(scanned);
            }
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // Whoever stopped it knows.
        }
        catch (Exception fault)
        {
            lock (_gate)
            {
                _fault ??= fault;
                Monitor.PulseAll(_gate);
            }
        }
    }

    // Null when there are no more.
    private ScannedSource? Begin()
    {
        lock (_listing)
        {
            while (WaitForList() is { } list)
            {
                if (ListNext(list) is { } source)
                {
                    return Begin(source);
                }

                lock (_gate)
                {
                    _lists.Dequeue();
                    Monitor.PulseAll(_gate);
                }

                // It may close what a network holds.
                list.Dispose();
            }

            return null;
        }
    }

    private ScannedSource Begin(TSource source)
    {
        lock (_gate)
        {
            var scanned = new ScannedSource(source);
            _scanned.Enqueue(scanned);
            StartWorker();
            return scanned;
        }
    }

    private IEnumerator<TSource>? WaitForList()
    {
        lock (_gate)
        {
            while (!Stopping.IsCancellationRequested && ((_lists.Count == 0 && !_isComplete) || _scanned.Count >= _parallelism * SourcesAhead))
            {
                Monitor.Wait(_gate);
            }

            return !Stopping.IsCancellationRequested && _lists.TryPeek(out IEnumerator<TSource>? list) ? list : null;
        }
    }

    // Null at the list's end, which a failure to list is, too.
    private TSource? ListNext(IEnumerator<TSource> list)
    {
        try
        {
            return list.MoveNext() ? list.Current : null;
        }
        catch (DataProtectionException failure)
        {
            Put(OfListing(failure));
            return null;
        }
    }

    private void Put(ScannedSource scanned, TReading reading)
    {
        lock (_gate)
        {
            // Once: two that are full and wake each other whenever they are woken would never rest.
            if (scanned.IsFull)
            {
                Monitor.PulseAll(_gate);
            }

            while (scanned.IsFull && !Stopping.IsCancellationRequested)
            {
                Monitor.Wait(_gate);
            }

            Stopping.ThrowIfCancellationRequested();
            scanned.Readings.Enqueue(reading);
            scanned.WaitingBytes += BytesOf(reading);
        }
    }

    private void End(ScannedSource scanned)
    {
        lock (_gate)
        {
            scanned.IsRead = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>A source, and what was read of it and not yet taken.</summary>
    private sealed class ScannedSource(TSource? source)
    {
        /// <summary>How many bytes of readings may wait before the reading pauses.</summary>
        private const long MaxWaitingBytes = 256 << 10;

        /// <summary>The source; null for a reading of none.</summary>
        public TSource? Source => source;

        public Queue<TReading> Readings { get; } = new();

        public long WaitingBytes { get; set; }

        public bool IsRead { get; set; }

        public bool IsFull => WaitingBytes >= MaxWaitingBytes;

        public bool IsSpent => IsRead && Readings.Count == 0;
    }
}
