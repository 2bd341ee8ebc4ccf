namespace ImageBuilderDataProtection.Audit;

/// <summary>Moves times that come from outside, which may be the first or the last that there is.</summary>
internal static class TimeShift
{
    /// <summary>The time so much later, or earlier where that is negative; at the ends of time it stays there.</summary>
    public static DateTime Shift(this DateTime time, TimeSpan by) =>
        by < DateTime.MinValue - time ? DateTime.SpecifyKind(DateTime.MinValue, time.Kind)
        : by > DateTime.MaxValue - time ? DateTime.SpecifyKind(DateTime.MaxValue, time.Kind)
        : time + by;
}
