using CsCheck;
using ImageBuilderDataProtection.Audit.Reports;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

public sealed class TimelineTests
{
    private static readonly Gen<DateTime[]> Times = Gen.OneOf(
        Within(TimeSpan.FromMinutes(90)), Within(TimeSpan.FromDays(3)), Within(TimeSpan.FromDays(40)), Within(TimeSpan.FromDays(800)), Within(TimeSpan.FromDays(40_000)),
        Gen.Long[0, DateTime.MaxValue.Ticks].Select(static ticks => new DateTime(ticks, DateTimeKind.Utc)).Array[1, 60]);

    [Theory]
    [InlineData("2026-09-01T08:00:00Z", "2026-09-01T08:00:00Z", "minute", 1)]
    [InlineData("2026-09-01T08:00:00Z", "2026-09-01T09:30:00Z", "5 minutes", 19)]
    [InlineData("2026-09-01T00:00:00Z", "2026-09-03T23:59:59Z", "hour", 72)]
    [InlineData("2026-09-01T00:00:00Z", "2026-09-04T00:00:00Z", "6 hours", 13)]
    [InlineData("2026-09-01T02:12:19Z", "2026-09-28T18:59:11Z", "day", 28)]
    [InlineData("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z", "week", 53)]
    [InlineData("2021-01-01T00:00:00Z", "2026-12-31T00:00:00Z", "month", 72)]
    [InlineData("2015-01-01T00:00:00Z", "2026-12-31T00:00:00Z", "3 months", 48)]
    [InlineData("1970-01-01T00:00:00Z", "2026-12-31T00:00:00Z", "year", 57)]
    [InlineData("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "200 years", 50)]
    public void The_step_fits_the_time(string first, string last, string step, int bars)
    {
        var timeline = new Timeline();
        DateTime[] times = [At(first), At(last)];
        Array.ForEach(times, time => timeline.Add(CallOutcome.Failed, time));
        TimeStep chosen = TimeStep.Choose(TimeStep.Bars, times[0], times[1], ReportLimits.Bars);
        CallTally?[] slots = timeline.By(chosen);
        Assert.Equal((step, bars), (chosen.Name, slots.Length));
        Assert.Equal(2, slots[0]!.Failed + (slots.Length > 1 ? slots[^1]!.Failed : 0));
    }

    [Fact]
    public void Every_call_is_counted_in_its_time() => Times.Sample(static times =>
    {
        var timeline = new Timeline();
        Array.ForEach(times, time => timeline.Add(CallOutcome.Succeeded, time));
        TimeStep step = TimeStep.Choose(TimeStep.Bars, times.Min(), times.Max(), ReportLimits.Bars);
        CallTally?[] slots = timeline.By(step);
        long first = step.NumberOf(times.Min());
        Assert.InRange(slots.Length, 1, ReportLimits.Bars);
        for (int i = 0; i < slots.Length; i++)
        {
            (DateTime from, DateTime to) = (step.StartOf(first + i), step.StartOf(first + i + 1));
            Assert.Equal(times.Count(time => time >= from && (time < to || to == DateTime.MaxValue)), slots[i]?.Total ?? 0);
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(24 * 60)]
    public void Too_many_times_are_counted_by_longer_steps_and_none_is_lost(int minutes)
    {
        var timeline = new Timeline();
        DateTime last = default;
        for (int i = 0; i < 12_000; i++)
        {
            last = ReportEvents.Time.AddMinutes((long)i * minutes);
            timeline.Add(CallOutcome.Denied, last);
        }

        TimeStep step = TimeStep.Choose(TimeStep.Bars, ReportEvents.Time, last, ReportLimits.Bars);
        CallTally?[] slots = timeline.By(step);
        long first = step.NumberOf(ReportEvents.Time);
        Assert.Equal(12_000, slots.Sum(static slot => slot?.Denied ?? 0));
        for (int i = 1; i < slots.Length - 1; i++)
        {
            Assert.Equal((step.StartOf(first + i + 1) - step.StartOf(first + i)).TotalMinutes / minutes, slots[i]!.Total);
        }
    }

    [Fact]
    public void Labels_are_few_and_stand_where_bars_begin() => Times.Sample(static times =>
    {
        TimeStep bars = TimeStep.Choose(TimeStep.Bars, times.Min(), times.Max(), ReportLimits.Bars);
        (DateTime from, DateTime to) = (bars.StartOf(bars.NumberOf(times.Min())), bars.StartOf(bars.NumberOf(times.Max()) + 1));
        TimeStep labels = TimeStep.Choose(TimeStep.Labels, from, to, ReportLimits.TimeLabels);
        long first = labels.NumberOf(from);
        for (long number = first + 1; labels.StartOf(number) < to; number++)
        {
            // Months do not begin with weeks; labels by the month stand between the bars of weeks.
            DateTime time = labels.StartOf(number);
            Assert.True(time == bars.StartOf(bars.NumberOf(time)) || (bars.Months == 0 && labels.Months > 0), $"{bars.Name} {labels.Name} {time:u}");
            Assert.True(number - first <= ReportLimits.TimeLabels);
        }
    });

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(4, 1, 4)]
    [InlineData(5, 2, 6)]
    [InlineData(29, 10, 30)]
    [InlineData(81, 50, 100)]
    [InlineData(1_000_000, 500_000, 1_000_000)]
    public void A_scale_has_round_steps(long most, long step, long top)
    {
        var scale = new AxisScale(most);
        Assert.Equal((step, top), (scale.Step, scale.Top));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(5000, "5,000")]
    [InlineData(20_000, "20k")]
    [InlineData(2_500_000, "2.5M")]
    [InlineData(5_000_000_000, "5B")]
    public void A_label_of_the_scale_is_short(long value, string label) => Assert.Equal(label, AxisScale.Label(value));

    [Fact]
    public void A_scale_covers_any_count_in_a_few_steps() => Gen.Long[1, 1L << 50].Sample(static most =>
    {
        var scale = new AxisScale(most);
        return scale.Top >= most && scale.Top - scale.Step < most && scale.Top / scale.Step <= 4;
    });

    private static DateTime At(string time) => DateTime.Parse(time, null, System.Globalization.DateTimeStyles.AdjustToUniversal);

    private static Gen<DateTime[]> Within(TimeSpan span) => Gen.Long[0, span.Ticks].Select(static ticks => ReportEvents.Time.AddTicks(ticks)).Array[1, 60];
}
