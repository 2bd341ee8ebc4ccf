using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Tests.Audit;

public sealed class AuditFilterTests
{
    private const string Key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private static readonly KmsAuditEvent ForWorkflow = Event("""
        "requestParameters": { "encryptionContext": { "aws:imagebuilder:arn": "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0/*" } }
        """);

    private static readonly KmsAuditEvent ForOther = Event("\"requestParameters\": null");

    [Theory]
    [InlineData("Dec*")]
    [InlineData("kms:Decrypt")]
    [InlineData("Decrypt ")]
    [InlineData("")]
    [InlineData("x' OR 1=1 --")]
    public void What_is_the_name_of_no_operation_is_refused(string name) =>
        Assert.Equal("InvalidEventName", Assert.Throws<DataProtectionException>(() => new AuditFilter { EventNames = ["Decrypt", name] }).ErrorId);

    [Theory]
    [InlineData("nonsense")]
    [InlineData("us-west-*")]
    [InlineData("")]
    [InlineData("x' OR 1=1 --")]
    public void What_is_the_name_of_no_region_is_refused(string name) =>
        Assert.Equal("InvalidRegion", Assert.Throws<DataProtectionException>(() => new AuditFilter { Region = name }).ErrorId);

    [Theory]
    [InlineData("1234abcd")]
    [InlineData("arn:aws:kms:us-west-2:111122223333:key/1234abcd")]
    public void A_part_of_a_key_id_is_refused(string key) =>
        Assert.Equal("InvalidKeyId", Assert.Throws<DataProtectionException>(() => new AuditFilter { Key = KeyIdentifier.Parse(key) }).ErrorId);

    [Fact]
    public void Without_anything_said_calls_for_workflows_are_wanted_and_those_that_may_be()
    {
        var filter = new AuditFilter();
        Assert.True(filter.Matches(ForWorkflow));
        Assert.True(filter.Matches(Event("\"requestParameters\": \"HIDDEN_DUE_TO_SECURITY_REASONS\"")));
        Assert.True(filter.Matches(Event("\"requestParameters\": { \"encryptionContext\": { \"aws:ImageBuilder:arn\": \"x\" } }")));
        Assert.False(filter.Matches(Event("\"requestParameters\": { \"encryptionContext\": { \"purpose\": \"x\" } }")));
        Assert.False(filter.Matches(ForOther));
        Assert.True((filter with { AllKmsEvents = true }).Matches(ForOther));
    }

    [Fact]
    public void A_record_named_by_its_id_is_wanted_whatever_it_is_about()
    {
        Assert.True(new AuditFilter { RequestIds = ["x", "REQUEST"] }.Matches(ForOther));
        Assert.True(new AuditFilter { EventIds = ["Event"] }.Matches(ForOther));
        Assert.False(new AuditFilter { RequestIds = ["x"] }.Matches(ForWorkflow));
        Assert.False(new AuditFilter { EventIds = ["event"], RequestIds = ["x"] }.Matches(ForWorkflow));
    }

    [Fact]
    public void What_is_not_there_and_what_is_withheld_have_words()
    {
        KmsAuditEvent hidden = Event("\"requestParameters\": \"HIDDEN_DUE_TO_SECURITY_REASONS\"");
        KmsAuditEvent half = Event("""
            "requestParameters": { "sourceEncryptionContext": { "aws:imagebuilder:arn": "x" }, "destinationEncryptionContext": "HIDDEN_DUE_TO_SECURITY_REASONS" }
            """);
        KmsAuditEvent called = Event("\"userIdentity\": { \"arn\": \"x\", \"invokedBy\": \"imagebuilder.amazonaws.com\" }");
        KmsAuditEvent[] all = [ForWorkflow, hidden, half, ForOther, called];
        Assert.Equal([ForOther, called], all.Where(new AuditFilter { Workflows = [new("(none)")] }.Matches));
        Assert.Equal([hidden, half], all.Where(new AuditFilter { Workflows = [new("(Hidden)")] }.Matches));
        Assert.Equal([ForWorkflow, hidden, half], all.Where(new AuditFilter { Workflows = [new("(hidden)"), new("arn:*")] }.Matches));
        Assert.Equal([ForWorkflow], all.Where(new AuditFilter { Workflows = [new("arn:*")] }.Matches));
        Assert.Equal([ForWorkflow, hidden, half, ForOther], all.Where(new AuditFilter { AllKmsEvents = true, InvokedBy = [new("(none)")] }.Matches));
        Assert.Equal([called], all.Where(new AuditFilter { AllKmsEvents = true, InvokedBy = [new("*")] }.Matches));
        Assert.Equal([ForWorkflow, hidden, half, ForOther], all.Where(new AuditFilter { AllKmsEvents = true, Principals = [new("(none)")] }.Matches));
    }

    [Fact]
    public void All_that_is_given_must_hold()
    {
        var filter = new AuditFilter { EventNames = ["encrypt", "decrypt"], Region = "US-west-2", Key = KeyIdentifier.Parse(Key) };
        Assert.True(filter.Matches(ForWorkflow));
        Assert.False((filter with { EventNames = ["Encrypt"] }).Matches(ForWorkflow));
        Assert.False((filter with { Region = "eu-west-1" }).Matches(ForWorkflow));
        Assert.True((filter with { Key = KeyIdentifier.Parse("1234abcd-12ab-34cd-56ef-1234567890ab") }).Matches(ForWorkflow));
        Assert.False((filter with { Key = KeyIdentifier.Parse("0234abcd-12ab-34cd-56ef-1234567890ab") }).Matches(ForWorkflow));
        Assert.False((filter with { Key = KeyIdentifier.Parse(Key.Replace("us-west-2", "eu-west-1", StringComparison.Ordinal)) }).Matches(ForWorkflow));
    }

    [Theory]
    [InlineData("keyId")]
    [InlineData("sourceKeyId")]
    [InlineData("destinationKeyId")]
    public void A_key_that_a_caller_named_by_its_id_is_found(string name)
    {
        KmsAuditEvent record = Event($"\"errorCode\": \"NotFoundException\", \"requestParameters\": {{ \"{name}\": \"1234abcd-12ab-34cd-56ef-1234567890ab\" }}");
        var filter = new AuditFilter { AllKmsEvents = true, Key = KeyIdentifier.Parse("1234abcd-12ab-34cd-56ef-1234567890ab") };
        Assert.True(filter.Matches(record));
        Assert.True((filter with { Key = KeyIdentifier.Parse(Key) }).Matches(record));
        Assert.False((filter with { Key = KeyIdentifier.Parse(Key.Replace("us-west-2", "eu-west-1", StringComparison.Ordinal)) }).Matches(record));
        Assert.False((filter with { Key = KeyIdentifier.Parse("0234abcd-12ab-34cd-56ef-1234567890ab") }).Matches(record));
    }

    [Theory]
    [InlineData("alias/ExampleKMSKey")]
    [InlineData("arn:aws:kms:us-west-2:111122223333:alias/ExampleKMSKey")]
    public void An_alias_is_refused(string alias) =>
        Assert.Equal("KeyIsAlias", Assert.Throws<DataProtectionException>(() => new AuditFilter { Key = KeyIdentifier.Parse(alias) }).ErrorId);

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z", true)]
    [InlineData("2026-11-24T12:00:01Z", null, false)]
    [InlineData(null, "2026-11-24T11:59:59Z", false)]
    [InlineData("2026-11-24T14:00:00+02:00", "2026-11-24T13:00:00+01:00", true)]
    public void Both_ends_of_a_time_belong_to_it(string? start, string? end, bool expected)
    {
        var times = AuditTimeRange.Between(Parse(start), Parse(end));
        Assert.Equal(expected, new AuditFilter { AllKmsEvents = true, Times = times }.Matches(ForOther));
        Assert.True(times.Start is not { Kind: not DateTimeKind.Utc });

        static DateTime? Parse(string? text) => text is null ? null : DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_time_that_ends_before_it_starts_is_refused()
    {
        var failure = Assert.Throws<DataProtectionException>(() => AuditTimeRange.Between(DateTime.UnixEpoch, DateTime.UnixEpoch.AddSeconds(-1)));
        Assert.Equal(("InvalidTimeRange", FailureKind.InvalidArgument), (failure.ErrorId, failure.Kind));
        Assert.Contains("from 1970-01-01T00:00:00Z to 1969-12-31T23:59:59Z", failure.Message, StringComparison.Ordinal);
    }

    private static KmsAuditEvent Event(string element) => KmsAuditEvent.Parse($$"""
        {
            "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "awsRegion": "us-west-2",
            "requestID": "request", "eventID": "event", "resources": [{ "ARN": "arn:aws:s3:::x" }, { "ARN": "{{Key}}" }], {{element}}
        }
        """);
}
