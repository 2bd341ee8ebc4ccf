using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Lint;
using ImageBuilderDataProtection.Tests.Json;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Tests.Policies;

public class KeyPolicyTestTests
{
    private const string Key = "arn:aws:kms:us-west-2:111122223333:key/a1b2c3d4-5678-90ab-cdef-EXAMPLEzzzzz";
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";

    private static readonly PrincipalArn Role = PrincipalArn.Parse("arn:aws:iam::111122223333:role/Admin");

    private static KeyPolicyTest Generated(string? key = Key, params PolicyDocument[] rolePolicies) => new(new LintSubject
    {
        KeyPolicy = KeyPolicy.ForWorkflows([Role]),
        Key = key is null ? null : KeyArn.Parse(key),
        RolePolicies = rolePolicies,
    });

    private static AccessQuestion Ask(string action, PrincipalArn? principal = null, string? workflow = Workflow) => new()
    {
        Principal = principal ?? Role,
        Action = action,
        Workflow = workflow is null ? null : WorkflowArn.Parse(workflow),
    };

    [Theory]
    [InlineData("kms:Decrypt")]
    [InlineData("decrypt")]
    [InlineData("KMS:GENERATEDATAKEY")]
    public void A_role_may_what_the_policy_lets_it_with_the_key_known_or_not(string action)
    {
        foreach (string? key in new[] { Key, null })
        {
            PolicyDecision decision = Generated(key).Decide(Ask(action));
            Assert.True(decision.Allowed, decision.Explanation);
            Assert.Equal((Role.Value, Workflow), (decision.Principal, decision.WorkflowArn));
        }
    }

    [Fact]
    public void An_action_without_a_context_is_asked_without_one()
    {
        PolicyDecision decision = Generated().Decide(Ask("DescribeKey", PrincipalArn.Parse("arn:aws:iam::111122223333:root")));
        Assert.True(decision.Allowed);
        Assert.Null(decision.WorkflowArn);
    }

    [Fact]
    public void An_unknown_action_is_refused_with_the_one_that_was_meant()
    {
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => Generated().Decide(Ask("Decript")));
        Assert.Equal("UnknownAction", error.ErrorId);
        Assert.Contains("kms:Decrypt", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signed_message_has_its_public_key_in_the_context()
    {
        KeyPolicy onlyTheArn = KeyPolicy.Parse(KeyPolicy.ForWorkflows([Role]).ToJson().Replace(
            "\"Condition\": {", "\"Condition\": { \"ForAllValues:StringEquals\": { \"kms:EncryptionContextKeys\": \"aws:imagebuilder:arn\" },", StringComparison.Ordinal));
        var test = new KeyPolicyTest(new LintSubject { KeyPolicy = onlyTheArn });
        Assert.False(test.Decide(Ask("Decrypt")).Allowed);
        Assert.True(test.Decide(Ask("Decrypt") with { HasPublicKey = false }).Allowed);
    }

    [Fact]
    public void The_policies_of_one_role_say_nothing_of_another()
    {
        KeyPolicy delegating = KeyPolicy.Parse("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}}""");
        var test = new KeyPolicyTest(new LintSubject { KeyPolicy = delegating, RolePolicies = [PolicyDocument.ForExecutionRole([KeyArn.Parse(Key)])], Role = Role });
        Assert.True(test.Decide(Ask("Decrypt")).Allowed);
        PolicyDecision other = test.Decide(Ask("Decrypt", PrincipalArn.Parse("arn:aws:iam::111122223333:role/Other")));
        Assert.False(other.Allowed);
        Assert.Contains("none of them is known", other.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pages_two_events_are_allowed_by_a_policy_that_names_their_role()
    {
        foreach (string json in new[] { Examples.GenerateDataKey, Examples.Decrypt })
        {
            PolicyDecision decision = Assert.Single(Generated().Explain(KmsAuditEvent.Parse(json)));
            Assert.True(decision.Allowed, decision.Explanation);
            Assert.StartsWith("a1b2c3d4-5678-90ab-cdef-EXAMPLE", decision.EventId, StringComparison.Ordinal);
            Assert.Equal(Key, decision.Resource);
        }
    }

    [Fact]
    public void A_denied_event_comes_back_with_the_statement_and_the_one_value()
    {
        string json = Examples.Decrypt.Replace(":workflow/build", ":Workflow/build", StringComparison.Ordinal);
        PolicyDecision decision = Assert.Single(Generated().Explain(KmsAuditEvent.Parse(json)));
        Assert.False(decision.Allowed);
        PolicyNearMiss miss = Assert.Single(decision.NearMisses);
        Assert.Equal("Allow access to build images with encrypted workflow", miss.Statement.Sid);
        Assert.Contains("(differs in case at position 45)", miss.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_Builder_calls_for_the_role_through_its_service()
    {
        KeyPolicy viaService = KeyPolicy.Parse(KeyPolicy.ForWorkflows([Role]).ToJson().Replace(
            "\"StringLike\": {", "\"StringLike\": { \"kms:ViaService\": \"imagebuilder.us-west-2.amazonaws.com\",", StringComparison.Ordinal));
        var test = new KeyPolicyTest(new LintSubject { KeyPolicy = viaService, Key = KeyArn.Parse(Key) });
        Assert.True(Assert.Single(test.Explain(KmsAuditEvent.Parse(Examples.Decrypt))).Allowed);
        Assert.False(test.Decide(Ask("Decrypt")).Allowed);
        Assert.True(test.Decide(Ask("Decrypt") with { ViaImageBuilder = true }).Allowed);
    }

    [Fact]
    public void A_reencrypt_is_two_requests_of_which_those_on_this_key_count()
    {
        const string Other = "arn:aws:kms:us-west-2:111122223333:key/another";
        string json = $$$"""
            {"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/Ana","accountId":"111122223333"},"eventTime":"2026-01-02T03:04:05Z",
             "eventSource":"kms.amazonaws.com","eventName":"ReEncrypt","awsRegion":"us-west-2","errorCode":"AccessDenied","eventID":"e1",
             "requestParameters":{"sourceKeyId":"{{{Key}}}","sourceEncryptionContext":{"aws:imagebuilder:arn":"{{{Workflow}}}"},"destinationKeyId":"{{{Other}}}","destinationEncryptionContext":{"a":"b"} } }
            """;
        PolicyDecision from = Assert.Single(Generated().Explain(KmsAuditEvent.Parse(json)));
        Assert.Equal(("kms:ReEncryptFrom", Key, Workflow), (from.Action, from.Resource, from.WorkflowArn));
        PolicyDecision to = Assert.Single(Generated(Other).Explain(KmsAuditEvent.Parse(json)));
        Assert.Equal(("kms:ReEncryptTo", Other, null), (to.Action, to.Resource, to.WorkflowArn));
        Assert.Equal(["kms:ReEncryptFrom", "kms:ReEncryptTo"], Generated(key: null).Explain(KmsAuditEvent.Parse(json)).Select(static decision => decision.Action));
    }

    [Theory]
    [InlineData("\"type\": \"AssumedRole\"", "\"type\": \"AWSAccount\"", "AuditPrincipalUnknown")]
    [InlineData("\"type\": \"AssumedRole\"", "\"type\": \"SAMLUser\"", "AuditPrincipalUnknown")]
    [InlineData("\"encryptionContext\": {", "\"encryptionContext\": \"HIDDEN_DUE_TO_SECURITY_REASONS\", \"x\": {", "AuditContextHidden")]
    [InlineData("EXAMPLEzzzzz", "EXAMPLEyyyyy", "AuditKeyDiffers")]
    public void What_an_event_does_not_show_is_said_and_not_guessed(string part, string other, string id)
    {
        string json = Examples.Decrypt;
        Assert.Contains(part, json, StringComparison.Ordinal);
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => Generated().Explain(KmsAuditEvent.Parse(json.Replace(part, other, StringComparison.Ordinal))));
        Assert.Equal(id, error.ErrorId);
        Assert.Contains("a1b2c3d4-5678-90ab-cdef-EXAMPLE22222", error.Message, StringComparison.Ordinal);
    }
}
