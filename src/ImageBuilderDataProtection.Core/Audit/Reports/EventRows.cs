namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>
/// The events that the table shows: the newest, and of the places half for denied ones if there are so many, so that a busy
/// hour does not push out what was refused before it, nor a flood of refusals everything else.
/// </summary>
/// <param name="limit">How many.</param>
internal sealed class EventRows(int limit)
{
    private readonly NewestRows _denied = new(limit);
    private readonly NewestRows _others = new(limit);

    /// <summary>How many events there were.</summary>
    public long Offered => _denied.Offered + _others.Offered;

    /// <summary>How many of them were denied.</summary>
    public long DeniedOffered => _denied.Offered;

    /// <summary>How many are shown.</summary>
    public int Count => DeniedCount + OthersCount;

    /// <summary>How many denied ones are shown.</summary>
    public int DeniedCount => Math.Min(_denied.Count, Math.Max(limit - (limit / 2), limit - _others.Count));

    private int OthersCount => Math.Min(_others.Count, limit - DeniedCount);

    /// <summary>Takes an event up.</summary>
    /// <param name="outcome">What became of it.</param>
    /// <param name="time">When it was, UTC.</param>
    /// <param name="row">Makes its row.</param>
    public void Add(CallOutcome outcome, DateTime time, Func<EventRow> row) => (outcome == CallOutcome.Denied ? _denied : _others).Offer(time, row);

    /// <summary>The rows, the newest first.</summary>
    public EventRow[] ToArray() => [.. _denied.Newest(DeniedCount).Concat(_others.Newest(OthersCount)).OrderDescending()];
}
