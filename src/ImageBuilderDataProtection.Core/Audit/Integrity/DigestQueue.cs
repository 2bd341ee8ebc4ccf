using System.Diagnostics;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// The digest files of a chain, one after the other, each read once and ahead of the time it is taken; and those after it, as far as its
/// signature is looked for in them. Those that are taken are read several at a time; those after them only when they are asked for.
/// </summary>
internal sealed class DigestQueue : IDisposable
{
    /// <summary>In how many digest files after one its signature is looked for. The next one has it, but others, which are none, may stand between.</summary>
    public const int MaxAhead = 8;

    private readonly List<DigestReading> _ahead = [];
    private readonly IEnumerator<DigestReading> _readings;

    /// <summary>A queue.</summary>
    /// <param name="store">Where the files are.</param>
    /// <param name="taken">Those that are taken, in order.</param>
    /// <param name="after">Those after them.</param>
    /// <param name="parallelism">How many are read at a time.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public DigestQueue(ILogStore store, DigestName[] taken, IEnumerable<DigestName> after, int parallelism, CancellationToken cancellationToken) =>
        _readings = Read(store, taken, after, parallelism, cancellationToken).GetEnumerator();

    /// <summary>Takes the next one.</summary>
    public DigestReading Take()
    {
        if (_ahead.Count == 0 && !TryRead())
        {
            throw new UnreachableException("No more are taken than there are.");
        }

        DigestReading taken = _ahead[0];
        _ahead.RemoveAt(0);
        return taken;
    }

    /// <summary>Those after the one that was taken last.</summary>
    public IEnumerable<DigestReading> Ahead()
    {
        for (int i = 0; i < MaxAhead && (i < _ahead.Count || TryRead()); i++)
        {
            yield return _ahead[i];
        }
    }

    /// <inheritdoc />
    public void Dispose() => _readings.Dispose();

    private static IEnumerable<DigestReading> Read(ILogStore store, DigestName[] taken, IEnumerable<DigestName> after, int parallelism, CancellationToken cancellationToken)
    {
        // A digest file may name many log files, so few are held.
        using var scan = new OrderedScan<DigestName, DigestReading>(parallelism, cancellationToken)
        {
            NewReader = () => new DigestReader(store),
            BytesOf = static _ => 0,
            OfListing = static failure => throw new UnreachableException("These names are at hand.", failure),
            SourcesAhead = 2,
        };
        scan.Add(taken);
        foreach (DigestReading reading in scan.TakeAll())
        {
            yield return reading;
        }

        foreach (DigestName name in after)
        {
            yield return DigestReading.Read(store, name, cancellationToken);
        }
    }

    private bool TryRead()
    {
        if (!_readings.MoveNext())
        {
            return false;
        }

        _ahead.Add(_readings.Current);
        return true;
    }
}
