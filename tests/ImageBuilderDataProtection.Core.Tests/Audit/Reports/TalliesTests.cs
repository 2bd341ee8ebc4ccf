using CsCheck;
using ImageBuilderDataProtection.Audit.Reports;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

public sealed class TalliesTests
{
    private const int Limit = 8;

    private static readonly Gen<int[]> Keys = Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, 40]).Array[0, 200];

    [Fact]
    public void Counts_are_right_within_what_is_said_of_them() => Keys.Sample(static keys =>
    {
        TopTallies<string, CallTally> tallies = Count(keys);
        KeyValuePair<string, CallTally>[] shown = tallies.ByCount();
        Dictionary<string, int> truth = keys.GroupBy(static key => $"{key}").ToDictionary(static group => group.Key, static group => group.Count());
        Assert.Equal(keys.Length, shown.Sum(static pair => pair.Value.Total) + tallies.Others.Total);
        Assert.All(shown, pair => Assert.InRange(truth[pair.Key] - pair.Value.Total, 0, tallies.Shortfall));
        Assert.All(truth.Where(pair => pair.Value > tallies.Shortfall), pair => Assert.Contains(shown, shownPair => shownPair.Key == pair.Key));
        Assert.Equal(truth.Count <= Limit, tallies.IsComplete);
        Assert.InRange(tallies.Count, 0, Limit);
    });

    [Fact]
    public void A_flood_of_names_does_not_drive_out_one_that_is_often_used()
    {
        var names = new NameTallies();
        for (int i = 0; i < 3 * ReportLimits.Names; i++)
        {
            names.Add($"flood-{i}", CallOutcome.Denied, ReportEvents.Time);
            names.Add(i % 100 == 0 ? "web" : null, CallOutcome.Succeeded, ReportEvents.Time);
        }

        KeyValuePair<string, CallTally> first = names.ByCount()[0];
        Assert.Equal(("web", 300), (first.Key, first.Value.Total));
        Assert.True(names.IsOverLimit);
        Assert.True(names.Count <= ReportLimits.Names);
        Assert.Equal((3 * ReportLimits.Names) - 300, names.Unnamed.Total);
        Assert.Equal(6 * ReportLimits.Names, names.ByCount().Sum(static pair => pair.Value.Total) + names.Others.Total + names.Unnamed.Total);
    }

    [Fact]
    public void Equal_counts_are_in_the_order_of_names() =>
        Assert.Equal(["3", "1", "2"], Count([2, 3, 1, 3]).ByCount().Select(static pair => pair.Key));

    private static TopTallies<string, CallTally> Count(int[] keys)
    {
        var tallies = new TopTallies<string, CallTally>(Limit, StringComparer.Ordinal);
        foreach (int key in keys)
        {
            tallies.Add($"{key}", CallOutcome.Succeeded, ReportEvents.Time);
        }

        return tallies;
    }
}
