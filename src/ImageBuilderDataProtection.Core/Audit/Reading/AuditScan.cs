using System.Runtime.ExceptionServices;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Reads many sources, several at a time, and gives what comes of them in the order of the sources: the records of one follow
/// those of the one before. Sources may be added while it runs. What waits to be taken is bounded, whatever the sources hold: when
/// nothing is taken, reading pauses. Adding and taking is for one thread.
/// </summary>
public sealed class AuditScan : IDisposable
{
    // Waking a thread costs more than reading a record does: whoever takes looks again after this while, unless much is waiting.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>How long what is being read may take to stop.</summary>
    private static readonly TimeSpan MaxStopping = TimeSpan.FromSeconds(1);

    /// <summary>For each source that is read at a time, how many may be begun before the first of them is taken from to its end.</summary>
    private const int SourcesAhead = 16;

    private readonly AuditFilter _filter;
    private readonly int _parallelism;
    private readonly CancellationTokenSource _stop;

    // The first is held while sources are listed, which may ask a network; the second guards all below, and only for moments.
    private readonly object _listing = new();
    private readonly object _gate = new();
    private readonly Queue<IEnumerator<IAuditSource>> _lists = new();
    private readonly Queue<ScannedSource> _scanned = new();
    private readonly List<Thread> _workers = [];
    private bool _isComplete;
    private Exception? _fault;
    private bool _isDisposed;

    private long _sources;
    private long _bytes;
    private long _totalBytes;
    private int _unlisted;

    /// <summary>Makes a scan of nothing yet.</summary>
    /// <param name="filter">Which records are wanted.</param>
    /// <param name="parallelism">How many sources are read at a time.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public AuditScan(AuditFilter filter, int parallelism, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        _filter = filter;
        _parallelism = parallelism;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>How far it has come.</summary>
    public AuditScanProgress Progress =>
        new(Interlocked.Read(ref _sources), Interlocked.Read(ref _bytes), Volatile.Read(ref _unlisted) == 0 ? Interlocked.Read(ref _totalBytes) : null);

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

    /// <summary>Adds sources to the end.</summary>
    public void Add(IReadOnlyCollection<IAuditSource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        Interlocked.Add(ref _totalBytes, sources.Sum(static source => source.Length));
        Enqueue(sources);
    }

    /// <summary>Adds sources to the end that are listed as they are needed, by the threads that read.</summary>
    /// <param name="list">
    /// Lists the sources. What it tells of, and a <see cref="DataProtectionException"/> that it throws, are failures of the scan.
    /// </param>
    public void Add(Func<Action<AuditReadException>, IEnumerable<IAuditSource>> list)
    {
        ArgumentNullException.ThrowIfNull(list);
        Interlocked.Increment(ref _unlisted);
        Enqueue(Listed());

        IEnumerable<IAuditSource> Listed()
        {
            try
            {
                foreach (IAuditSource source in list(PutFailure))
                {
                    Interlocked.Add(ref _totalBytes, source.Length);
                    yield return source;
                }
            }
            finally
            {
                Interlocked.Decrement(ref _unlisted);
            }
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
    public bool TryTake(TimeSpan patience, out AuditReading reading)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_gate)
        {
            while (true)
            {
                _stop.Token.ThrowIfCancellationRequested();
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
            foreach (IEnumerator<IAuditSource> list in _lists)
            {
                list.Dispose();
            }

            _lists.Clear();
        }

        _stop.Dispose();
    }

    private bool TryTakeReady(out AuditReading reading)
    {
        while (_scanned.TryPeek(out ScannedSource? first))
        {
            if (first.Readings.TryDequeue(out reading))
            {
                bool isPaused = first.IsFull;
                first.WaitingBytes -= reading.Bytes;
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

    private void Enqueue(IEnumerable<IAuditSource> sources)
    {
        lock (_gate)
        {
            _lists.Enqueue(sources.GetEnumerator());
            StartWorker();
            Monitor.PulseAll(_gate);
        }
    }

    // In its place among the sources.
    private void PutFailure(AuditReadException failure)
    {
        lock (_gate)
        {
            var failed = new ScannedSource(null) { IsRead = true };
            failed.Readings.Enqueue(new AuditReading(null, failure));
            _scanned.Enqueue(failed);
        }
    }

    // Threads of their own: what they read may block, and what a network brings needs the pool's.
    private void StartWorker()
    {
        if (_workers.Count < _parallelism && !_stop.IsCancellationRequested)
        {
            var worker = new Thread(Work) { IsBackground = true, Name = "Audit scan" };
            _workers.Add(worker);
            worker.Start();
        }
    }

    private void Work()
    {
        try
        {
            var reader = new SourceReader(_filter, count => Interlocked.Add(ref _bytes, count));
            while (Begin() is { } scanned)
            {
                foreach (AuditReading reading in reader.Read(scanned.Source!, _stop.Token))
                {
                    Put(scanned, reading);
                }

                Interlocked.Increment(ref _sources);
                End(scanned);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
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
                IAuditSource? source = ListNext(list);
                lock (_gate)
                {
                    if (source is not null)
                    {
                        var scanned = new ScannedSource(source);
                        _scanned.Enqueue(scanned);
                        StartWorker();
                        return scanned;
                    }

                    _lists.Dequeue().Dispose();
                    Monitor.PulseAll(_gate);
                }
            }

            return null;
        }
    }

    private IEnumerator<IAuditSource>? WaitForList()
    {
        lock (_gate)
        {
            while (!_stop.IsCancellationRequested && ((_lists.Count == 0 && !_isComplete) || _scanned.Count >= _parallelism * SourcesAhead))
            {
                Monitor.Wait(_gate);
            }

            return !_stop.IsCancellationRequested && _lists.TryPeek(out IEnumerator<IAuditSource>? list) ? list : null;
        }
    }

    // Null at the list's end, which a failure to list is, too.
    private IAuditSource? ListNext(IEnumerator<IAuditSource> list)
    {
        try
        {
            return list.MoveNext() ? list.Current : null;
        }
        catch (DataProtectionException failure)
        {
            PutFailure(AuditReadException.OfListing(failure));
            return null;
        }
    }

    private void Put(ScannedSource scanned, AuditReading reading)
    {
        lock (_gate)
        {
            // Once: two that are full and wake each other whenever they are woken would never rest.
            if (scanned.IsFull)
            {
                Monitor.PulseAll(_gate);
            }

            while (scanned.IsFull && !_stop.IsCancellationRequested)
            {
                Monitor.Wait(_gate);
            }

            _stop.Token.ThrowIfCancellationRequested();
            scanned.Readings.Enqueue(reading);
            scanned.WaitingBytes += reading.Bytes;
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
    private sealed class ScannedSource(IAuditSource? source)
    {
        /// <summary>How many bytes of records may wait before the reading pauses.</summary>
        private const long MaxWaitingBytes = 256 << 10;

        /// <summary>The source; null for a failure to list any.</summary>
        public IAuditSource? Source => source;

        public Queue<AuditReading> Readings { get; } = new();

        public long WaitingBytes { get; set; }

        public bool IsRead { get; set; }

        public bool IsFull => WaitingBytes >= MaxWaitingBytes;

        public bool IsSpent => IsRead && Readings.Count == 0;
    }
}
