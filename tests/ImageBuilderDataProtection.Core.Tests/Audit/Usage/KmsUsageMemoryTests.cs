using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Usage;

namespace ImageBuilderDataProtection.Tests.Audit.Usage;

/// <summary>What many events leave in memory. It is measured of the whole process, so no other test may run meanwhile.</summary>
[CollectionDefinition(nameof(KmsUsageMemoryTests), DisableParallelization = true)]
[Collection(nameof(KmsUsageMemoryTests))]
public sealed class KmsUsageMemoryTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_million_events_leave_groups_in_memory_and_no_events()
    {
        var meter = new KmsUsageMeter(KmsUsageMeter.DefaultBy);
        AddMany(meter, 1000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        AddMany(meter, 1_000_000);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        IReadOnlyList<KmsUsage> usage = meter.Measure();
        Assert.Equal((1000, 1_001_000), (usage.Count, usage.Sum(static group => group.Count)));

        // Four bytes of each would be as much.
        Assert.InRange(after - before, long.MinValue, 4_000_000);
    }

    // Each event is made, counted and forgotten; no two share a text.
    private static void AddMany(KmsUsageMeter meter, int count)
    {
        for (int i = 0; i < count; i++)
        {
            string time = Start.AddSeconds(i).ToString(JsonElements.TimeFormat, System.Globalization.CultureInfo.InvariantCulture);
            meter.Add(KmsAuditEvent.Read(Encoding.UTF8.GetBytes($$$$"""
                {"eventTime":"{{{{time}}}}","eventSource":"kms.amazonaws.com","eventName":"Decrypt","userIdentity":{"arn":"arn:aws:iam::111122223333:user/{{{{i % 1000}}}}"},
                "requestParameters":{"keyId":"arn:aws:kms:us-west-2:111122223333:key/{{{{i % 10}}}}","encryptionContext":{"aws:imagebuilder:arn":"workflow/{{{{i % 100}}}}"}}}
                """)));
        }
    }
}
