using CsCheck;
using ImageBuilderDataProtection.Audit.Integrity;

namespace ImageBuilderDataProtection.Tests.Audit.Integrity;

public class TimeStretchesTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    // Whole hours below, and each is one moment that a stretch has or has not.
    private static readonly Gen<(int Since, int Until)[]> Given = Gen.Select(Gen.Int[0, 40], Gen.Int[-2, 6], static (since, length) => (since, since + length)).Array[0, 12];

    [Fact]
    public void In_any_order_they_have_the_moments_that_were_added_and_no_others() => Given.Sample(static given =>
    {
        TimeStretches stretches = Make(given);
        for (int hour = -1; hour < 50; hour++)
        {
            DateTime moment = Start.AddHours(hour);
            TimeStretch? found = stretches.FindLast(new TimeStretch(moment, moment));
            Assert.Equal(Array.Exists(given, stretch => stretch.Since <= hour && hour <= stretch.Until), found is not null);
            Assert.False(moment < found?.Since || moment > found?.Until);
        }

        (int Since, int Until)[] all = [.. given.Where(static stretch => stretch.Until >= stretch.Since)];
        Assert.Equal(all.Length == 0 ? null : Start.AddHours(all.Min(static stretch => stretch.Since)), stretches.First?.Since);
        Assert.Equal(all.Length == 0 ? null : Start.AddHours(all.Max(static stretch => stretch.Until)), stretches.Last?.Until);
    });

    [Fact]
    public void What_none_has_of_a_time_are_its_holes() => Gen.Select(Given, Given, Gen.Int[0, 20], Gen.Int[1, 30]).Sample(static (a, b, since, length) =>
    {
        var time = new TimeStretch(Start.AddHours(since), Start.AddHours(since + length));
        TimeStretch[] holes = [.. TimeStretches.Union(Make(a), Make(b)).Holes(time)];
        for (int hour = since; hour < since + length; hour++)
        {
            // Between two whole hours nothing begins or ends.
            DateTime moment = Start.AddHours(hour).AddMinutes(30);
            Assert.Equal(
                !a.Concat(b).Any(stretch => stretch.Since <= hour && hour < stretch.Until),
                Array.Exists(holes, hole => hole.Since < moment && moment < hole.Until));
        }

        Assert.All(holes, hole => Assert.True(hole.Since < hole.Until && hole.Since >= time.Since && hole.Until <= time.Until));
        Assert.All(holes.Zip(holes.Skip(1)), static pair => Assert.True(pair.First.Until <= pair.Second.Since));
    });

    private static TimeStretches Make((int Since, int Until)[] given)
    {
        var stretches = new TimeStretches();
        foreach ((int since, int until) in given)
        {
            stretches.Add(new TimeStretch(Start.AddHours(since), Start.AddHours(until)));
        }

        return stretches;
    }
}
