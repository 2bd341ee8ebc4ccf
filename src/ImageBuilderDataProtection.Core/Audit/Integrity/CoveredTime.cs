namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>The time that the digest files of one folder cover.</summary>
internal sealed class CoveredTime
{
    private readonly List<(DateTime? Since, DateTime Until)> _unproven = [];

    // Of all chains: what their digest files cover, and the time of which it was told that they do not.
    private readonly List<(DateTime Since, DateTime Until)> _accounted = [];

    /// <summary>The start of the first; null when nothing is known of any.</summary>
    public DateTime? Start { get; private set; }

    /// <summary>The end of the last; null when nothing is known of any.</summary>
    public DateTime? End { get; private set; }

    /// <summary>Notes that a digest file covers a time.</summary>
    public void Add(DateTime start, DateTime end)
    {
        Start = Start < start ? Start : start;
        End = End > end ? End : end;
        Account(start, end);
    }

    /// <summary>Notes a time of which nothing need be told: a digest file covers it, or the one after it links over it.</summary>
    public void Account(DateTime since, DateTime until)
    {
        // Of a chain, each goes on where the one before ends.
        if (_accounted is [.., var last] && since >= last.Since && since <= last.Until)
        {
            _accounted[^1] = (last.Since, last.Until > until ? last.Until : until);
        }
        else
        {
            _accounted.Add((since, until));
        }
    }

    /// <summary>The parts of a time of which nothing was told, and which no digest file covers.</summary>
    /// <param name="start">The start; null for that of the first digest file.</param>
    /// <param name="end">The end; null for that of the last digest file.</param>
    public IEnumerable<(DateTime Since, DateTime Until)> Holes(DateTime? start, DateTime? end)
    {
        if (end <= start)
        {
            yield break;
        }

        DateTime? reached = start;
        foreach ((DateTime since, DateTime until) in _accounted.OrderBy(static stretch => stretch.Since))
        {
            if (since > reached)
            {
                yield return (reached.Value, since < end ? since : end ?? since);
            }

            reached = reached > until ? reached : until;
            if (reached >= end)
            {
                yield break;
            }
        }

        if (reached < end)
        {
            yield return (reached.Value, end.Value);
        }
    }

    /// <summary>Notes that a problem was found that leaves a time unproven.</summary>
    public void AddUnproven(DateTime? since, DateTime until)
    {
        _unproven.Add((since, until));
        Add(since ?? DateTime.MinValue, until);
    }

    /// <summary>Whether a problem was found that leaves a time unproven.</summary>
    public bool IsUnproven(DateTime time, TimeSpan deliveryDelay) =>
        _unproven.Exists(stretch => (stretch.Since is null || time >= WholeMinute(stretch.Since.Value.Shift(-deliveryDelay))) && time <= stretch.Until);

    /// <summary>A time without its seconds: the names of log files tell minutes.</summary>
    public static DateTime WholeMinute(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), time.Kind);
}
