namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>The time that the digest files of one folder cover.</summary>
internal sealed class CoveredTime
{
    private readonly List<(DateTime? Since, DateTime Until)> _unproven = [];

    /// <summary>The start of the first; null when nothing is known of any.</summary>
    public DateTime? Start { get; private set; }

    /// <summary>The end of the last; null when nothing is known of any.</summary>
    public DateTime? End { get; private set; }

    /// <summary>Notes that a digest file covers a time.</summary>
    public void Add(DateTime start, DateTime end)
    {
        Start = Start < start ? Start : start;
        End = End > end ? End : end;
    }

    /// <summary>Notes that a problem was found that leaves a time unproven.</summary>
    public void AddUnproven(DateTime? since, DateTime until)
    {
        _unproven.Add((since, until));
        Add(since ?? DateTime.MinValue, until);
    }

    /// <summary>Whether a problem was found that leaves a time unproven.</summary>
    public bool IsUnproven(DateTime time, TimeSpan deliveryDelay) =>
        _unproven.Exists(stretch => (stretch.Since is null || time >= WholeMinute(stretch.Since.Value - deliveryDelay)) && time <= stretch.Until);

    /// <summary>A time without its seconds: the names of log files tell minutes.</summary>
    public static DateTime WholeMinute(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), time.Kind);
}
