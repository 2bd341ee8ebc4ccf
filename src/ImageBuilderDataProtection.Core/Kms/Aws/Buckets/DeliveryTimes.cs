using System.Globalization;
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

    /// <summary>The first day; null for any.</summary>
    public DateTime? First { get; } = times.Start?.Date;

    /// <summary>The last day; null for any.</summary>
    public DateTime? Last { get; } = times.End is { } end && end.Date < DateTime.MaxValue.Date.AddDays(-LateDays) ? end.Date.AddDays(LateDays) : null;

    /// <summary>Whether a log file that was delivered in a minute may have such records.</summary>
    public bool Contains(DateTime minute) => !(minute.AddMinutes(1) <= times.Start) && !(minute.Date > Last);

    /// <summary>The folders of year, month or day that the first and the last day have in common, with a slash at the end; else empty.</summary>
    public string CommonFolder()
    {
        if (First is not { } first || Last is not { } last || first.Year != last.Year)
        {
            return "";
        }

        return FolderOf(first)[..(first == last ? 11 : first.Month == last.Month ? 8 : 5)];
    }

    /// <summary>The folder of a day: <c>YYYY/MM/DD/</c>.</summary>
    public static string FolderOf(DateTime day) => day.ToString("yyyy'/'MM'/'dd'/'", CultureInfo.InvariantCulture);
}
