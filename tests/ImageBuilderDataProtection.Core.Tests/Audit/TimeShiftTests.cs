using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Tests.Audit;

public class TimeShiftTests
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_time_is_moved_and_stays_at_the_ends_of_time()
    {
        DateTime first = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
        DateTime last = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
        Assert.Equal(Noon.AddHours(2), Noon.Shift(TimeSpan.FromHours(2)));
        Assert.Equal(Noon.AddHours(-2), Noon.Shift(TimeSpan.FromHours(-2)));
        Assert.Equal(last, last.AddMinutes(-1).Shift(TimeSpan.FromMinutes(2)));
        Assert.Equal(first, first.AddMinutes(1).Shift(TimeSpan.FromMinutes(-2)));
        Assert.Equal((last, first), (Noon.Shift(TimeSpan.MaxValue), Noon.Shift(TimeSpan.MinValue)));
        Assert.All([Noon.Shift(TimeSpan.MaxValue), Noon.Shift(TimeSpan.MinValue), Noon.Shift(TimeSpan.Zero)], static time => Assert.Equal(DateTimeKind.Utc, time.Kind));
    }
}
