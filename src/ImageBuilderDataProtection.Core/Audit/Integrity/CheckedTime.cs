namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>The time that a check is asked for, and how late files of it may be. What is decided here depends on names alone: on nothing that is yet to be proven.</summary>
/// <param name="Start">The start, UTC; null for the first.</param>
/// <param name="End">The end, UTC; null for the last.</param>
internal sealed record CheckedTime(DateTime? Start, DateTime? End)
{
    /// <summary>How long a digest file is waited for, and so the most that one without another before it can cover: CloudTrail makes one an hour, with log files in it or without.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(2);

    // Names of log files tell no seconds.
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The time, UTC, at which the check is made.</summary>
    public required DateTime Now { get; init; }

    /// <summary>How long after the minute in its name a log file may be delivered, and so how late a digest file names it.</summary>
    public required TimeSpan DeliveryDelay { get; init; }

    /// <summary>Whether digest files are made every hour, as CloudTrail does, so that none in hours is a sign of removal.</summary>
    public required bool IsHourly { get; init; }

    /// <summary>The end of the time that digest files must cover: they may be late with a log file.</summary>
    public DateTime? LateEnd => End?.Shift(DeliveryDelay);

    /// <summary>The end of the time to which digest files are read: the minute in the name of a log file may end then.</summary>
    public DateTime? DigestEnd => LateEnd?.Shift(Minute);

    /// <summary>The time up to which digest files are due: one that was to be made before is no longer waited for.</summary>
    public DateTime Due => Now.Shift(-LongestWait);

    /// <summary>Whether a time is asked for.</summary>
    public bool Contains(DateTime time) => !(time < Start) && !(time > End);

    /// <summary>Whether a moment of a minute is asked for.</summary>
    /// <param name="minute">Its start.</param>
    public bool ContainsMinute(DateTime minute) => !(minute < StartMinute) && !(minute > End);

    private DateTime? StartMinute => Start is { } start ? LogName.MinuteOf(start) : null;

    /// <summary>Whether the digest file after a time may still come; without an end asked for, the newest ends the check, for a copy may be old.</summary>
    /// <param name="time">The end of the one before.</param>
    public bool MayGoOn(DateTime time) => !IsHourly || End is null || time.Shift(Hour) > Due;

    /// <summary>Whether a digest file may cover a part of the time asked for.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="before">The name of the one before it; null when there is none.</param>
    public bool MayTouch(DigestName name, DigestName? before)
    {
        // It goes on where the one before ends. That one may be none of CloudTrail's, which takes nothing of the hour that this one has by its own name.
        DateTime start = before is null ? EarliestStart(name)
            : IsHourly && name.End.Shift(-Hour) < before.End ? name.End.Shift(-Hour)
            : before.End;
        return !(name.End < StartMinute) && !(start >= DigestEnd);
    }

    /// <summary>The earliest time that a digest file with none before it can cover.</summary>
    public DateTime EarliestStart(DigestName name) => IsHourly || name.IsBackfill ? name.End.Shift(-LongestWait) : DateTime.MinValue;
}
