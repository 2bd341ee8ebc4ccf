using System.Globalization;

namespace ImageBuilderDataProtection.Audit;

/// <summary>A stretch of time, open where an end is null; both ends belong to it. An instance exists only when it is no empty one.</summary>
public sealed record AuditTimeRange
{
    /// <summary>All time.</summary>
    public static readonly AuditTimeRange All = new(null, null);

    private AuditTimeRange(DateTime? start, DateTime? end)
    {
        Start = start;
        End = end;
    }

    /// <summary>The first moment, UTC; null for none.</summary>
    public DateTime? Start { get; }

    /// <summary>The last moment, UTC; null for none.</summary>
    public DateTime? End { get; }

    /// <summary>The time between two moments.</summary>
    /// <param name="start">The first moment; one that does not say otherwise is local time, as in PowerShell.</param>
    /// <param name="end">The last moment, likewise.</param>
    /// <exception cref="DataProtectionException"><c>InvalidTimeRange</c>: the end is before the start.</exception>
    public static AuditTimeRange Between(DateTime? start, DateTime? end)
    {
        var range = new AuditTimeRange(start?.ToUniversalTime(), end?.ToUniversalTime());
        return range.Start > range.End
            ? throw new DataProtectionException(
                "InvalidTimeRange", FailureKind.InvalidArgument, $"The time from {Say(range.Start)} to {Say(range.End)} ends before it starts; correct -StartTime or -EndTime.")
            : range;
    }

    /// <summary>Whether a moment, UTC, is in it.</summary>
    public bool Contains(DateTime moment) => !(moment < Start) && !(moment > End);

    private static string Say(DateTime? moment) => moment?.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture) ?? "";
}
