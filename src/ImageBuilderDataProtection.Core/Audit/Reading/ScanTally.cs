namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>What reading adds up as it goes on. Safe for several threads.</summary>
internal sealed class ScanTally
{
    private long _bytes;
    private long _refusedWithoutParameters;
    private long _unfinishedPages;

    /// <summary>How many bytes of the sources, as they are stored, were read.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many records may be wanted and are not given (<see cref="AuditFilter.MayMatch"/>).</summary>
    public long RefusedWithoutParameters => Interlocked.Read(ref _refusedWithoutParameters);

    /// <summary>How many sources are pages of an answer that goes on.</summary>
    public long UnfinishedPages => Interlocked.Read(ref _unfinishedPages);

    /// <summary>Adds bytes that were read.</summary>
    public void AddBytes(long count) => Interlocked.Add(ref _bytes, count);

    /// <summary>Adds a record that may be wanted and is not given.</summary>
    public void AddRefusedWithoutParameters() => Interlocked.Increment(ref _refusedWithoutParameters);

    /// <summary>Adds a page of an answer that goes on.</summary>
    public void AddUnfinishedPage() => Interlocked.Increment(ref _unfinishedPages);
}
