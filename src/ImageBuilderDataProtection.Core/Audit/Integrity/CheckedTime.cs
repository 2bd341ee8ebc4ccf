namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>The time that a check is asked for, and how late files of it may be. What is decided here depends on names alone: on nothing that is yet to be proven.</summary>
/// <param name="Start">The start, UTC; null for the first.</param>
/// <param name="End">The end, UTC; null for the last.</param>
internal sealed record CheckedTime(DateTime? Start, DateTime? End)
{
    /// <summary>The longest time that one digest file covers, and is waited for: CloudTrail makes one an hour, with log files in it or without.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(2);

    /// <summary>The time, UTC, at which the check is made.</summary>
    public required DateTime Now { get; init; }

    /// <summary>How long after the minute in its name a log file may be delivered, and so how late a digest file names it.</summary>
    public required TimeSpan DeliveryDelay { get; init; }

    /// <summary>Whether digest files are made every hour, as CloudTrail does, so that none in hours is a sign of removal.</summary>
    public required bool IsHourly { get; init; }

    /// <summary>The end of the time to which digest files are read: they may be late with a log file.</summary>
    public DateTime? DigestEnd => End?.Shift(DeliveryDelay);

    /// <summary>Whether a time is asked for.</summary>
    public bool Contains(DateTime time) => !(time < Start) && !(time > End);

    /// <summary>The earliest time that a digest file with none before it can cover.</summary>
    public DateTime EarliestStart(DigestName name) => IsHourly || name.IsBackfill ? name.End.Shift(-LongestWait) : DateTime.MinValue;
}
