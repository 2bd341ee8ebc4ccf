using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Usage;
using ImageBuilderDataProtection.Tests.Policies.Generation;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Usage;

public sealed class KmsUsageMeterTests
{
    private const string Other = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/test/db/1.0.0/*";
    private const string User = "arn:aws:iam::111122223333:user/Alice";

    [Fact]
    public void Who_used_which_key_for_which_workflow_is_told_the_most_used_first()
    {
        IReadOnlyList<KmsUsage> usage = Measure(
            KmsUsageMeter.DefaultBy,
            At("2026-03-02T10:00:00Z", AuditRecords.Call("Decrypt", User)),
            At("2026-03-02T12:00:00Z", AuditRecords.Call("Decrypt")),
            At("2026-03-01T09:30:00Z", AuditRecords.Call("GenerateDataKey")),
            At("2026-03-03T00:00:00Z", AuditRecords.Call("Decrypt", error: "AccessDenied")),
            At("2026-03-02T11:00:00Z", AuditRecords.Call("Decrypt", error: "DisabledException")));
        Assert.Equal([AuditRecords.Role, User], usage.Select(static group => group.Principal));
        KmsUsage role = usage[0];
        Assert.Equal((AuditRecords.Workflow, AuditRecords.Key), (role.Workflow, role.Key));
        Assert.Equal((4, 1, 1), (role.Count, role.DeniedCount, role.FailedCount));
        Assert.Equal((Utc("2026-03-01T09:30:00Z"), Utc("2026-03-03T00:00:00Z")), (role.FirstSeen, role.LastSeen));
        Assert.Equal(DateTimeKind.Utc, role.FirstSeen.Kind);
        Assert.Equal((1, 1, 1, true), (role.PrincipalCount, role.WorkflowCount, role.KeyCount, role.IsExact));
        Assert.Equal(
            (null, null, null, null, null, null),
            ((object?)role.Operation, (object?)role.InvokedBy, (object?)role.Region, (object?)role.Account, (object?)role.Day, (object?)role.Hour));
        Assert.Equal($"{AuditRecords.Workflow}, {AuditRecords.Key}, {AuditRecords.Role}: 4", role.ToString());

        // As Export-Csv writes them.
        Assert.Equal("Workflow, Key, Principal", role.By.ToString());
        Assert.Equal($"{AuditRecords.Workflow}, {AuditRecords.Key}, {AuditRecords.Role}", role.Values.ToString());
    }

    [Fact]
    public void The_sessions_of_a_role_are_one_principal_and_a_federated_session_is_not_its_user()
    {
        JObject federated = AuditRecords.Call("Decrypt", User)
            .With("userIdentity.type", "FederatedUser")
            .With("userIdentity.arn", "arn:aws:sts::111122223333:federated-user/Bob")
            .With("userIdentity.sessionContext", JObject.Parse($$"""{ "sessionIssuer": { "type": "IAMUser", "arn": "{{User}}" } }"""));
        JObject unknown = AuditRecords.Call("Decrypt");
        unknown.Remove("userIdentity");
        IReadOnlyList<KmsUsage> usage = Measure(
            [KmsUsageGrouping.Principal],
            AuditRecords.Call("Decrypt").With("userIdentity.arn", "arn:aws:sts::111122223333:assumed-role/Builder/one"),
            AuditRecords.Call("Decrypt").With("userIdentity.arn", "arn:aws:sts::111122223333:assumed-role/Builder/two"),
            federated,
            unknown);
        Assert.Equal(
            [(AuditRecords.Role, 2L, 1), ("(none)", 1L, 0), ("arn:aws:sts::111122223333:federated-user/Bob", 1L, 1)],
            usage.Select(static group => (group.Principal!, group.Count, group.PrincipalCount)));
    }

    [Fact]
    public void An_event_of_several_workflows_counts_for_each_and_those_of_none_or_a_withheld_one_are_groups()
    {
        IReadOnlyList<KmsUsage> usage = Measure(
            [KmsUsageGrouping.Workflow],
            AuditRecords.ReEncrypt(AuditRecords.Role, AuditRecords.Workflow, Other),
            AuditRecords.ReEncrypt(AuditRecords.Role, AuditRecords.Workflow, AuditRecords.Workflow),
            AuditRecords.ReEncrypt(AuditRecords.Role, AuditRecords.Workflow, Other).With("requestParameters.destinationEncryptionContext", KmsAuditEvent.Hidden),
            AuditRecords.Call("Decrypt").With("requestParameters", KmsAuditEvent.Hidden),
            AuditRecords.Call("ListKeys", workflow: null));
        Assert.Equal(
            [(AuditRecords.Workflow, 3L, 1), ("(hidden)", 2L, 0), ("(none)", 1L, 0), (Other, 1L, 1)],
            usage.Select(static group => (group.Workflow!, group.Count, group.WorkflowCount)));

        KmsUsage all = Assert.Single(Measure(
            [KmsUsageGrouping.Region],
            AuditRecords.ReEncrypt(AuditRecords.Role, AuditRecords.Workflow, Other),
            AuditRecords.Call("ListKeys", workflow: null)));
        Assert.Equal((2, 2, "us-west-2"), (all.Count, all.WorkflowCount, all.Region));
    }

    [Fact]
    public void Days_and_hours_are_in_UTC_and_in_order_of_time()
    {
        JObject[] records =
        [
            At("2026-03-02T00:00:00Z", AuditRecords.Call("Decrypt")),
            At("2026-03-02T00:59:59Z", AuditRecords.Call("Decrypt", User)),
            At("2026-03-01T23:59:59Z", AuditRecords.Call("Decrypt")),
            At("2026-03-02T02:00:00+02:00", AuditRecords.Call("Decrypt")),
        ];
        IReadOnlyList<KmsUsage> days = Measure([KmsUsageGrouping.Day], records);
        Assert.Equal([(Utc("2026-03-01T00:00:00Z"), 1L, 1), (Utc("2026-03-02T00:00:00Z"), 3L, 2)], days.Select(static group => (group.Day!.Value, group.Count, group.PrincipalCount)));
        Assert.All(days, static group => Assert.Equal(DateTimeKind.Utc, group.Day!.Value.Kind));
        IReadOnlyList<KmsUsage> hours = Measure([KmsUsageGrouping.Hour, KmsUsageGrouping.Principal, KmsUsageGrouping.Day], records);
        Assert.Equal(
            [("2026-03-01T23:00:00Z", AuditRecords.Role, 1L), ("2026-03-02T00:00:00Z", AuditRecords.Role, 2L), ("2026-03-02T00:00:00Z", User, 1L)],
            hours.Select(static group => (group.Values[0], group.Principal!, group.Count)));
        Assert.Equal([1, 2, 2], hours.Select(static group => group.Day!.Value.Day));
    }

    [Fact]
    public void Other_groupings_are_by_what_the_record_says()
    {
        KmsUsageGrouping[] by = [KmsUsageGrouping.Operation, KmsUsageGrouping.InvokedBy, KmsUsageGrouping.Region, KmsUsageGrouping.Account, KmsUsageGrouping.Operation];
        JObject bare = AuditRecords.Call("DescribeKey");
        bare.Remove("awsRegion");
        bare.Remove("recipientAccountId");
        Assert.Equal(
            ["Decrypt|imagebuilder.amazonaws.com|us-west-2|111122223333", "DescribeKey|(none)|(none)|(none)"],
            Measure(by, AuditRecords.Call("Decrypt", viaImageBuilder: true), bare).Select(static group => string.Join('|', group.Values)));
        Assert.Empty(Measure(by));
    }

    [Fact]
    public void Too_many_groups_are_one_error_that_says_what_to_do()
    {
        var meter = new KmsUsageMeter([KmsUsageGrouping.Principal, KmsUsageGrouping.Hour], maxGroups: 2, maxDistinct: 10, maxNameCharacters: 10_000);
        meter.Add(AuditRecords.Call("Decrypt").ToEvent());
        meter.Add(AuditRecords.Call("Decrypt", User).ToEvent());
        meter.Add(AuditRecords.Call("Decrypt", User).ToEvent());
        var error = Assert.Throws<DataProtectionException>(() => meter.Add(At("2026-03-02T02:00:00Z", AuditRecords.Call("Decrypt")).ToEvent()));
        Assert.Equal(("TooManyUsageGroups", FailureKind.LimitExceeded), (error.ErrorId, error.Kind));
        Assert.Contains("more than 2 groups by Principal, Hour;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Different_names_beyond_the_limit_are_a_lower_bound_that_says_so()
    {
        var meter = new KmsUsageMeter([KmsUsageGrouping.Operation], maxGroups: 10, maxDistinct: 2, maxNameCharacters: 10_000);
        foreach (int number in new[] { 1, 2, 3, 4, 1, 4 })
        {
            meter.Add(AuditRecords.Call("Decrypt", workflow: $"{Other}{number}").ToEvent());
        }

        meter.Add(AuditRecords.Call("Encrypt", workflow: Other).ToEvent());
        IReadOnlyList<KmsUsage> usage = meter.Measure();
        Assert.Equal([("Decrypt", 6L, 3, false), ("Encrypt", 1L, 1, true)], usage.Select(static group => (group.Operation!, group.Count, group.WorkflowCount, group.IsExact)));
    }

    [Fact]
    public void Names_without_room_are_not_counted_as_different_and_cannot_be_grouped_by()
    {
        string @long = Other + new string('x', 10_000);
        var counted = new KmsUsageMeter([KmsUsageGrouping.Operation], maxGroups: 10, maxDistinct: 10, maxNameCharacters: 1000);
        counted.Add(AuditRecords.Call("Decrypt").ToEvent());
        Assert.True(Assert.Single(counted.Measure()).IsExact);
        counted.Add(AuditRecords.Call("Decrypt", workflow: @long).ToEvent());
        KmsUsage usage = Assert.Single(counted.Measure());
        Assert.Equal((2, 1, false), (usage.Count, usage.WorkflowCount, usage.IsExact));

        var grouped = new KmsUsageMeter([KmsUsageGrouping.Workflow], maxGroups: 10, maxDistinct: 10, maxNameCharacters: 1000);
        var error = Assert.Throws<DataProtectionException>(() => grouped.Add(AuditRecords.Call("Decrypt", workflow: @long).ToEvent()));
        Assert.Equal(("UsageNamesTooLong", FailureKind.LimitExceeded), (error.ErrorId, error.Kind));
        Assert.Contains("by Workflow;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_given_twice_is_counted_twice()
    {
        var record = AuditRecords.Call("Decrypt").ToEvent();
        var meter = new KmsUsageMeter(KmsUsageMeter.DefaultBy);
        meter.Add(record);
        meter.Add(record);
        Assert.Equal(2, Assert.Single(meter.Measure()).Count);
    }

    private static IReadOnlyList<KmsUsage> Measure(IEnumerable<KmsUsageGrouping> by, params JObject[] records)
    {
        var meter = new KmsUsageMeter(by);
        foreach (JObject record in records)
        {
            meter.Add(record.ToEvent());
        }

        return meter.Measure();
    }

    private static JObject At(string time, JObject record) => record.With("eventTime", time);

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal);
}
