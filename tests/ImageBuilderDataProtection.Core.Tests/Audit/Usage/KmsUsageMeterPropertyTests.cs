using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Usage;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Usage;

/// <summary>The meter, which remembers no events, against LINQ over all of them.</summary>
public sealed class KmsUsageMeterPropertyTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 22, 0, 0, DateTimeKind.Utc);
    private static readonly string?[] Workflows = [null, "workflow/a", "workflow/b", KmsAuditEvent.Hidden];
    private static readonly string?[] Errors = [null, null, "AccessDenied", "DisabledException"];

    private static readonly Gen<KmsAuditEvent> Event = Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 14_400], Gen.Int[0, 15], static (from, to, key, principal, error, second, rest) =>
            Make(Start.AddSeconds(second), Workflows[from], Workflows[to], $"key/{key}", principal == 0 ? null : $"role/{principal}", $"session{rest}", Errors[error], rest));

    private static readonly Gen<KmsUsageGrouping[]> By = Gen.Int[0, 8].Select(static number => (KmsUsageGrouping)number).Array[1, 4];

    [Fact]
    public void It_counts_as_LINQ_over_all_events_does() => Gen.Select(Event.Array[0, 40], By).Sample(static (events, groupings) =>
    {
        var meter = new KmsUsageMeter(groupings);
        Array.ForEach(events, meter.Add);
        var expected =
            from record in events
            from workflow in groupings.Contains(KmsUsageGrouping.Workflow) ? WorkflowsOf(record) : [""]
            group (record, workflow) by string.Join('|', groupings.Distinct().Select(grouping => ValueOf(record, workflow, grouping))) into same
            let records = same.Select(static item => item.record).ToArray()
            let workflows = same.SelectMany(static item => item.workflow.Length == 0 ? WorkflowsOf(item.record) : [item.workflow])
            orderby same.Key
            select string.Join('|',
                same.Key,
                records.Length,
                records.Count(static record => record.ErrorCode == "AccessDenied"),
                records.Count(static record => record.ErrorCode == "DisabledException"),
                records.Min(static record => record.EventTime),
                records.Max(static record => record.EventTime),
                records.Select(PrincipalOf).Distinct().Count(static name => name != KmsUsage.None),
                workflows.Distinct().Count(static name => name[0] != '('),
                records.Select(static record => record.KeyArn).OfType<string>().Distinct().Count());
        IReadOnlyList<KmsUsage> usage = meter.Measure();
        Assert.Equal(
            expected,
            usage.Select(static group => string.Join('|',
                string.Join('|', group.Values), group.Count, group.DeniedCount, group.FailedCount, group.FirstSeen, group.LastSeen, group.PrincipalCount, group.WorkflowCount, group.KeyCount)).Order());
        Assert.All(usage, static group => Assert.True(group.IsExact));

        bool isByTime = groupings.Contains(KmsUsageGrouping.Day) || groupings.Contains(KmsUsageGrouping.Hour);
        Assert.Equal(usage, usage.OrderBy(group => isByTime ? group.Hour ?? group.Day : null).ThenByDescending(static group => group.Count));
    });

    private static IEnumerable<string> WorkflowsOf(KmsAuditEvent record) => record.WorkflowArns
        .Concat(record.IsEncryptionContextHidden ? [KmsUsage.Hidden] : record.WorkflowArns.Count == 0 ? [KmsUsage.None] : []);

    private static string PrincipalOf(KmsAuditEvent record) => record.UserIdentity?.SessionContext?.SessionIssuer?.Arn ?? KmsUsage.None;

    private static string ValueOf(KmsAuditEvent record, string workflow, KmsUsageGrouping grouping) => grouping switch
    {
        KmsUsageGrouping.Workflow => workflow,
        KmsUsageGrouping.Key => record.KeyArn!,
        KmsUsageGrouping.Principal => PrincipalOf(record),
        KmsUsageGrouping.Operation => record.EventName,
        KmsUsageGrouping.InvokedBy => record.InvokedBy ?? KmsUsage.None,
        KmsUsageGrouping.Region => record.AwsRegion!,
        KmsUsageGrouping.Account => record.RecipientAccountId ?? KmsUsage.None,
        KmsUsageGrouping.Day => record.EventTime.ToString("yyyy-MM-dd'T00:00:00Z'", System.Globalization.CultureInfo.InvariantCulture),
        _ => record.EventTime.ToString("yyyy-MM-dd'T'HH':00:00Z'", System.Globalization.CultureInfo.InvariantCulture),
    };

    private static KmsAuditEvent Make(DateTime time, string? from, string? to, string key, string? role, string session, string? error, int rest)
    {
        var record = new JObject
        {
            ["eventTime"] = time.ToString(JsonElements.TimeFormat, System.Globalization.CultureInfo.InvariantCulture),
            ["eventSource"] = KmsAuditEvent.KmsEventSource,
            ["eventName"] = rest % 2 == 0 ? "Decrypt" : "ReEncrypt",
            ["awsRegion"] = rest % 3 == 0 ? "us-west-2" : "eu-west-1",
            ["requestParameters"] = new JObject { ["sourceEncryptionContext"] = Context(from), ["destinationEncryptionContext"] = Context(to) },
            ["resources"] = new JArray(new JObject { ["ARN"] = $"arn:aws:kms:us-west-2:111122223333:{key}" }),
        };
        if (role is not null)
        {
            record["userIdentity"] = new JObject
            {
                ["type"] = "AssumedRole",
                ["arn"] = $"arn:aws:sts::111122223333:assumed-{role}/{session}",
                ["invokedBy"] = rest % 4 == 0 ? "imagebuilder.amazonaws.com" : null,
                ["sessionContext"] = new JObject { ["sessionIssuer"] = new JObject { ["type"] = "Role", ["arn"] = $"arn:aws:iam::111122223333:{role}" } },
            };
        }

        if (rest % 5 != 0)
        {
            record["recipientAccountId"] = "111122223333";
        }

        if (error is not null)
        {
            record["errorCode"] = error;
        }

        return new KmsAuditEvent(record);
    }

    private static JToken Context(string? workflow) => workflow switch
    {
        null => JValue.CreateNull(),
        KmsAuditEvent.Hidden => workflow,
        _ => new JObject { ["aws:imagebuilder:arn"] = workflow },
    };
}
