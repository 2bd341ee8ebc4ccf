namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// What is known of the time of one folder's digest files, of all chains in it: the time that proven digest files cover, which nothing
/// takes back, and the time of which it was told as a problem that it is not proven.
/// </summary>
/// <param name="time">The time that is asked for.</param>
internal sealed class FolderProof(CheckedTime time)
{
    private readonly TimeStretches _proven = new();
    private readonly TimeStretches _backfilled = new();
    private readonly TimeStretches _told = new();

    /// <summary>The end of the time that is proven; null when nothing is.</summary>
    public DateTime? ProvenUntil => _proven.Last?.Until;

    /// <summary>Notes that a proven digest file covers a time.</summary>
    public void Prove(DateTime since, DateTime until) => _proven.Add(new TimeStretch(since, until));

    /// <summary>Notes that a proven backfill digest file adds to a time, which others are to cover.</summary>
    public void Backfill(DateTime since, DateTime until) => _backfilled.Add(new TimeStretch(since, until));

    /// <summary>Notes that a problem was told that leaves a time unproven, as far as nothing else proves it.</summary>
    public void Tell(DateTime since, DateTime until) => _told.Add(new TimeStretch(since, until));

    /// <summary>How a log file stands that no proven digest file names.</summary>
    /// <param name="minute">The minute in its name, UTC.</param>
    public LogStanding StandingOf(DateTime minute)
    {
        var itself = new TimeStretch(minute, minute.Shift(new TimeSpan(TimeSpan.TicksPerMinute - 1)));
        if (_proven.FindLast(itself) is { } proven)
        {
            var after = new TimeStretch(proven.Until.Shift(new TimeSpan(1)), proven.Until.Shift(time.DeliveryDelay));
            return minute < LogName.MinuteOf(proven.Until.Shift(-time.DeliveryDelay)) ? LogStanding.Covered
                : proven == _proven.Last && time.MayGoOn(proven.Until) && _told.FindLast(after) is null ? LogStanding.Pending
                : LogStanding.Late;
        }

        return _told.FindLast(itself) is not null ? LogStanding.Told
            : minute > ProvenUntil && time.MayGoOn(ProvenUntil.Value) && !(time.IsHourly && minute > ProvenUntil.Value.Shift(CheckedTime.LongestWait)) ? LogStanding.Pending
            : LogStanding.Uncovered;
    }

    /// <summary>
    /// The parts of the time asked for that no digest file proves, and of which no problem tells; and of the time after it, in which digest
    /// files name its late log files, where only that is not proven.
    /// </summary>
    public IEnumerable<TimeStretch> Untold()
    {
        DateTime? start = time.Start ?? (_proven.First ?? _backfilled.First)?.Since;
        DateTime end = time.LateEnd is { } asked ? (asked < time.Due ? asked : time.Due) : ProvenUntil ?? (time.Start is null ? _backfilled.Last?.Until : null) ?? time.Due;
        return time.IsHourly && start < end ? TimeStretches.Union(_proven, _told).Holes(new TimeStretch(start.Value, end)).Select(Asked) : [];
    }

    private TimeStretch Asked(TimeStretch hole) => hole.Since < time.End && hole.Until > time.End ? hole with { Until = time.End.Value } : hole;
}
