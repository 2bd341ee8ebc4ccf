using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reports;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

public sealed class EventRowsTests
{
    private static readonly Gen<KmsAuditEvent> Event = Gen.Select(Gen.Int[0, 20], Gen.Bool, Gen.Int[0, 30], static (second, isDenied, id) =>
        ReportEvents.Of(ReportEvents.Time.AddSeconds(second), error: isDenied ? "AccessDenied" : null, id: $"{id:D2}"));

    [Fact]
    public void The_newest_are_kept_and_half_of_the_places_are_for_denied_ones() => Gen.Select(Event.Array[0, 60], Gen.Int[0, 12]).Sample(static (events, limit) =>
    {
        EventRows rows = Take(events, limit);
        EventRow[] denied = Newest(events, CallOutcome.Denied);
        EventRow[] others = Newest(events, CallOutcome.Succeeded);

        // Told otherwise than it is done: places go one by one to the denied and the others, while each has some.
        int deniedCount = 0;
        int othersCount = 0;
        while (deniedCount + othersCount < limit && deniedCount + othersCount < events.Length)
        {
            bool isDeniedNext = deniedCount < denied.Length && (deniedCount <= othersCount || othersCount == others.Length);
            deniedCount += isDeniedNext ? 1 : 0;
            othersCount += isDeniedNext ? 0 : 1;
        }

        Assert.Equal((events.Length, denied.Length), (rows.Offered, rows.DeniedOffered));
        Assert.Equal((deniedCount + othersCount, deniedCount), (rows.Count, rows.DeniedCount));
        Assert.Equal(
            denied.Take(deniedCount).Concat(others.Take(othersCount)).OrderDescending().Select(static row => (row.Time, row.EventId, row.Outcome)),
            rows.ToArray().Select(static row => (row.Time, row.EventId, row.Outcome)));
    });

    [Fact]
    public void Their_order_does_not_depend_on_that_of_the_events() => Gen.Select(Event.Array[0, 40], Gen.Int).Sample(static (events, seed) =>
    {
        KmsAuditEvent[] shuffled = [.. events];
        new Random(seed).Shuffle(shuffled);
        Assert.Equal(
            Take(events, 7).ToArray().Select(static row => (row.Time, row.EventId, row.Outcome)), Take(shuffled, 7).ToArray().Select(static row => (row.Time, row.EventId, row.Outcome)));
    });

    private static EventRows Take(IEnumerable<KmsAuditEvent> events, int limit)
    {
        var rows = new EventRows(limit);
        foreach (KmsAuditEvent record in events)
        {
            rows.Add(OutcomeOf(record), record.EventTime, () => Row(record));
        }

        return rows;
    }

    private static EventRow[] Newest(IEnumerable<KmsAuditEvent> events, CallOutcome outcome) =>
        [.. events.Where(record => OutcomeOf(record) == outcome).Select(Row).OrderDescending()];

    private static EventRow Row(KmsAuditEvent record) => EventRow.Create(record, OutcomeOf(record), record.Principal, identityType: null);

    private static CallOutcome OutcomeOf(KmsAuditEvent record) => record.IsDenied ? CallOutcome.Denied : CallOutcome.Succeeded;
}
