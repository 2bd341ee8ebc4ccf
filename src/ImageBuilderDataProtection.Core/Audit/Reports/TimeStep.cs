using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>A step of the calendar, UTC: so many minutes, or so many months. Steps are numbered from the beginning of the year 1.</summary>
/// <param name="Minutes">Its minutes; 0 for one of months.</param>
/// <param name="Months">Its months; 0 for one of minutes.</param>
internal readonly record struct TimeStep(int Minutes, int Months)
{
    private const int Hour = 60;
    private const int Day = 24 * Hour;

    /// <summary>Steps that a chart may have a bar for. January 1 of the year 1 was a Monday, and so weeks begin on Mondays.</summary>
    public static IReadOnlyList<TimeStep> Bars { get; } =
        [new(1, 0), new(5, 0), new(15, 0), new(Hour, 0), new(6 * Hour, 0), new(Day, 0), new(7 * Day, 0), new(0, 1), new(0, 3), new(0, 12), new(0, 120), new(0, 1200), new(0, 2400)];

    /// <summary>Steps that an axis may have a label for.</summary>
    public static IReadOnlyList<TimeStep> Labels { get; } =
    [
        new(1, 0), new(5, 0), new(15, 0), new(30, 0), new(Hour, 0), new(3 * Hour, 0), new(6 * Hour, 0), new(12 * Hour, 0),
        new(Day, 0), new(2 * Day, 0), new(7 * Day, 0), new(14 * Day, 0), new(0, 1), new(0, 3), new(0, 6), new(0, 12), new(0, 24), new(0, 60),
        new(0, 120), new(0, 240), new(0, 600), new(0, 1200), new(0, 2400), new(0, 6000), new(0, 12000), new(0, 24000),
    ];

    /// <summary>Steps by which calls are counted while they come in; each is a whole number of any that a chart has then.</summary>
    public static IReadOnlyList<TimeStep> Counting { get; } = [new(1, 0), new(Hour, 0), new(Day, 0), new(0, 1)];

    /// <summary>Its name: hour, 6 hours, day.</summary>
    public string Name => this switch
    {
        { Months: > 0 } => Count(Months % 12 == 0 ? Months / 12 : Months, Months % 12 == 0 ? "year" : "month"),
        { Minutes: 7 * Day } => "week",
        _ => Count(Minutes % Day == 0 ? Minutes / Day : Minutes % Hour == 0 ? Minutes / Hour : Minutes, Minutes % Day == 0 ? "day" : Minutes % Hour == 0 ? "hour" : "minute"),
    };

    /// <summary>The smallest of some steps that takes no more than so many from one time to another.</summary>
    public static TimeStep Choose(IReadOnlyList<TimeStep> steps, DateTime first, DateTime last, int most) =>
        steps.First(step => step.NumberOf(last) - step.NumberOf(first) < most);

    /// <summary>The number of the step that a time is in.</summary>
    public long NumberOf(DateTime time) => Months > 0 ? (((time.Year - 1) * 12) + time.Month - 1) / Months : time.Ticks / (Minutes * TimeSpan.TicksPerMinute);

    /// <summary>When a step begins; of one after the year 9999, the end of that year.</summary>
    public DateTime StartOf(long number)
    {
        if (Months > 0)
        {
            long months = number * Months;
            return months < 9999 * 12 ? new DateTime((int)(months / 12) + 1, (int)(months % 12) + 1, 1, 0, 0, 0, DateTimeKind.Utc) : DateTime.MaxValue;
        }

        long ticks = number * Minutes * TimeSpan.TicksPerMinute;
        return ticks < DateTime.MaxValue.Ticks ? new DateTime(ticks, DateTimeKind.Utc) : DateTime.MaxValue;
    }

    /// <summary>How an axis labels a step that begins then.</summary>
    public string Label(DateTime start) => start.ToString(
        this switch
        {
            { Months: >= 12 } => "yyyy",
            { Months: > 0 } => "MMM yyyy",
            _ when start.TimeOfDay == TimeSpan.Zero => "d MMM",
            _ => "HH:mm",
        },
        CultureInfo.InvariantCulture);

    private static string Count(int count, string unit) => count == 1 ? unit : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {unit}s");
}
