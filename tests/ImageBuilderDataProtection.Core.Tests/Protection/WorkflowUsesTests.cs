using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies.Access;
using ImageBuilderDataProtection.Protection;
using ImageBuilderDataProtection.Tests.Json;

namespace ImageBuilderDataProtection.Tests.Protection;

public class WorkflowUsesTests
{
    [Fact]
    public void Of_the_events_for_a_workflow_the_latest_is_kept()
    {
        var uses = new WorkflowUses();
        foreach (string day in new[] { "02", "03", "01" })
        {
            uses.Add(Event(("\"eventTime\": \"2023-11-21T", $"\"eventTime\": \"2023-11-{day}T")));
        }

        WorkflowUse use = Assert.Single(uses.All);
        Assert.Equal(3, use.LastUsed!.Value.Day);
        Assert.Null(use.Path);
        Assert.True(KeyArn.TryParse(Assert.Single(use.KeyArns), out _));
        Assert.True(use.Context.ContainsKey(EncryptionContext.WorkflowArnKey));
        Assert.True(use.Context.ContainsKey(EncryptionContext.PublicKeyKey));
    }

    [Theory]
    [InlineData("\"eventName\": \"Decrypt\"", "\"eventName\": \"Decrypt\", \"errorCode\": \"AccessDenied\"")]
    [InlineData("\"eventName\": \"Decrypt\"", "\"eventName\": \"DescribeKey\"")]
    [InlineData("aws:imagebuilder:arn", "aws:other:arn")]
    public void Other_events_are_passed_over(string text, string replacement)
    {
        var uses = new WorkflowUses();
        uses.Add(Event((text, replacement)));
        Assert.Empty(uses.All);
    }

    private static KmsAuditEvent Event((string Old, string New) change)
    {
        string json = KmsAuditEvent.Parse(Examples.Decrypt).ToJson();
        Assert.Contains(change.Old, json, StringComparison.Ordinal);
        return KmsAuditEvent.Parse(json.Replace(change.Old, change.New, StringComparison.Ordinal));
    }
}
