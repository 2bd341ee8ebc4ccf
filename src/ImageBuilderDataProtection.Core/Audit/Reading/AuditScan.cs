namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Reads many sources, several at a time, and gives what comes of them in the order of the sources: the records of one follow
/// those of the one before. Sources may be added while it runs. What waits to be taken is bounded, whatever the sources hold: when
/// nothing is taken, reading pauses. Adding and taking is for one thread.
/// </summary>
public sealed class AuditScan : IDisposable
{
    private readonly OrderedScan<IAuditSource, AuditReading> _scan;
    private readonly NameSet _added = new();
    private readonly ScanTally _tally = new();
    private long _totalBytes;
    private int _unlisted;

    /// <summary>Makes a scan of nothing yet.</summary>
    /// <param name="filter">Which records are wanted.</param>
    /// <param name="parallelism">How many sources are read at a time.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public AuditScan(AuditFilter filter, int parallelism, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        _scan = new OrderedScan<IAuditSource, AuditReading>(parallelism, cancellationToken)
        {
            NewReader = () => new SourceReader(filter, _tally),
            BytesOf = static reading => reading.Bytes,
            OfListing = static failure => new AuditReading(null, AuditReadException.OfListing(failure)),
        };
    }

    /// <summary>How far it has come.</summary>
    public AuditScanProgress Progress =>
        new(_scan.SourcesRead, _tally.Bytes, Volatile.Read(ref _unlisted) == 0 ? Interlocked.Read(ref _totalBytes) : null);

    /// <summary>
    /// How many records so far are not given because they name no workflow, though they may have been for one: those of refused calls
    /// without parameters, for which all else that is asked for holds.
    /// </summary>
    public long RefusedWithoutParameters => _tally.RefusedWithoutParameters;

    /// <summary>How many sources so far are pages of an answer that goes on, as its <c>NextToken</c> says; the other pages may be among the sources, or not.</summary>
    public long UnfinishedPages => _tally.UnfinishedPages;

    /// <summary>Whether all was taken and no more comes.</summary>
    public bool IsDone => _scan.IsDone;

    /// <summary>Adds sources to the end; those that were added before are read once all the same.</summary>
    public void Add(IReadOnlyCollection<IAuditSource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        IAuditSource[] added = [.. sources.Where(IsNew)];
        Interlocked.Add(ref _totalBytes, added.Sum(static source => source.Length));
        _scan.Add(added);
    }

    /// <summary>Adds sources to the end that are listed as they are needed, by the threads that read.</summary>
    /// <param name="list">
    /// Lists the sources. What it tells of, and a <see cref="DataProtectionException"/> that it throws, are failures of the scan.
    /// </param>
    public void Add(Func<Action<AuditReadException>, IEnumerable<IAuditSource>> list)
    {
        ArgumentNullException.ThrowIfNull(list);
        Interlocked.Increment(ref _unlisted);
        _scan.Add(Listed());

        IEnumerable<IAuditSource> Listed()
        {
            try
            {
                foreach (IAuditSource source in list(failure => _scan.Put(new AuditReading(null, failure))).Where(IsNew))
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
    public void Complete() => _scan.Complete();

    /// <summary>Takes the next reading.</summary>
    /// <param name="patience">How long to wait for it; zero for not at all.</param>
    /// <param name="reading">The reading.</param>
    /// <returns>Whether there was one; when not, <see cref="IsDone"/> tells whether one can still come.</returns>
    /// <exception cref="OperationCanceledException">The scan was stopped.</exception>
    public bool TryTake(TimeSpan patience, out AuditReading reading) => _scan.TryTake(patience, out reading);

    /// <summary>Takes all that is left; no more sources come.</summary>
    /// <exception cref="OperationCanceledException">The scan was stopped.</exception>
    internal IEnumerable<AuditReading> TakeAll() => _scan.TakeAll();

    /// <summary>
    /// Stops what is being read, and waits until it has stopped. What the operating system holds, such as a pipe that nobody writes
    /// to, cannot be called back: it is left after a second.
    /// </summary>
    public void Dispose() => _scan.Dispose();

    private bool IsNew(IAuditSource source)
    {
        lock (_added)
        {
            return _added.Add(source.Identity);
        }
    }
}
