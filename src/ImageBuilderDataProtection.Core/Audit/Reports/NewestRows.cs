namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>Keeps the newest rows, so many and no more.</summary>
/// <param name="limit">How many.</param>
internal sealed class NewestRows(int limit)
{
    private readonly PriorityQueue<EventRow, EventRow> _oldestFirst = new();

    /// <summary>How many were offered.</summary>
    public long Offered { get; private set; }

    /// <summary>How many are kept.</summary>
    public int Count => _oldestFirst.Count;

    /// <summary>Offers the row of an event, which is only made where it may be kept.</summary>
    public void Offer(DateTime time, Func<EventRow> row)
    {
        Offered++;
        if (Count < limit)
        {
            EventRow made = row();
            _oldestFirst.Enqueue(made, made);
        }
        else if (limit > 0 && time >= _oldestFirst.Peek().Time)
        {
            EventRow made = row();
            _oldestFirst.EnqueueDequeue(made, made);
        }
    }

    /// <summary>The newest of what is kept, the newest first.</summary>
    public IEnumerable<EventRow> Newest(int count) => _oldestFirst.UnorderedItems.Select(static item => item.Element).OrderDescending().Take(count);
}
