using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// The time in which the log files were delivered that may have the records of a time. CloudTrail delivers within some 5 minutes on
/// average and promises no time, so it goes on for <see cref="LateDays"/> after the day of the last record.
/// </summary>
/// <param name="times">The time of the records.</param>
internal sealed class DeliveryTimes(AuditTimeRange times)
{
    /// <summary>How many days after the day of a record its log file is still looked for.</summary>
    public const int LateDays = 1;

    /// <summary>The days.</summary>
    public DayRange Days { get; } = new(times.Start?.Date, times.End?.Date.Shift(TimeSpan.FromDays(LateDays)));

    /// <summary>Whether a log file that was delivered in a minute may have such records.</summary>
    public bool Contains(DateTime minute) => !(minute.Shift(TimeSpan.FromMinutes(1)) <= times.Start) && !(minute.Date > Days.Last);
}
