using System.Management.Automation;
using System.Text.Json.Nodes;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Policies made from the trail that the local KMS leaves of real calls.</summary>
public sealed class AuditedPolicyTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const string Writer = "arn:aws:iam::111122223333:role/Writer";

    private readonly Scenario _scenario = new Scenario(engine).WithProtected();

    public void Dispose() => _scenario.Dispose();

    [Theory]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | New-IBWorkflowKeyPolicy -FromAuditEvent")]
    [InlineData("$events = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms; New-IBWorkflowKeyPolicy -FromAuditEvent $events")]
    [InlineData("New-IBWorkflowKeyPolicy -FromAuditEvent -AuditEvent (Get-IBKmsAuditEvent -LocalKms $kms.LocalKms)")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | ForEach-Object ToJson | New-IBWorkflowKeyPolicy -FromAuditEvent")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | ThroughJob | New-IBWorkflowKeyPolicy -FromAuditEvent")]
    [InlineData("New-IBWorkflowKeyPolicy -FromAuditEvent @(Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | ThroughJob)")]
    public void Events_come_by_the_pipeline_as_a_value_as_JSON_and_through_jobs(string script)
    {
        ScriptResult result = _scenario.Run(script).NoErrors();
        JsonNode policy = JsonNode.Parse(result.Only().BaseObject.ToString()!)!;
        Assert.Empty(result.Warnings);
        Assert.Equal(["kms:GenerateDataKey"], policy["Statement"]![0]!["Action"]!.AsArray().Select(static action => (string?)action));
        Assert.Equal(Scenario.Role, (string?)policy["Statement"]![0]!["Principal"]!["AWS"]);
        Assert.Equal(Scenario.Workflow, (string?)policy["Statement"]![0]!["Condition"]!["StringEquals"]!["kms:EncryptionContext:aws:imagebuilder:arn"]);
        Assert.Equal("arn:aws:iam::111122223333:root", (string?)policy["Statement"]![1]!["Principal"]!["AWS"]);
    }

    [Fact]
    public void What_was_denied_under_one_key_is_allowed_under_a_key_with_the_policy_made_of_it()
    {
        ScriptResult result = _scenario.Run($$"""
            $writer = $kms + @{ WorkflowArn = $workflow; RoleArn = '{{Writer}}' }
            Protect-IBWorkflow "$folder/build.yml" -KeyId alias/ExampleKMSKey -Destination "$folder/denied/" @writer -ErrorAction SilentlyContinue -ErrorVariable denied
            $denied.Count
            $policy = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Where-Object ErrorCode | New-IBWorkflowKeyPolicy -FromAuditEvent -AdministrativeActionsOnly
            $policy | New-IBWorkflowKey -Alias Narrow @kms > $null
            (Protect-IBWorkflow "$folder/build.yml" -KeyId alias/Narrow -Destination "$folder/allowed/" @writer).Length
            Unprotect-IBWorkflow "$folder/allowed/build.yml.encrypted" -Destination "$folder/open/" @writer -ErrorAction SilentlyContinue -ErrorVariable unopened
            $unopened[0].FullyQualifiedErrorId
            """);
        Assert.Equal("1", result.Output[0].ToString());
        Assert.True((long)Convert.ChangeType(result.Output[1].BaseObject, typeof(long), System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.StartsWith("AccessDeniedException", result.Output[2].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Events_of_several_keys_are_told_and_one_can_be_named()
    {
        const string More = """
            $other = New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias Other @kms
            Protect-IBWorkflow "$folder/build.yml" -KeyId alias/Other -WorkflowArn $workflow -RoleArn $role -Destination "$folder/more/" @kms > $null
            $events = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms

            """;
        ScriptResult both = _scenario.Run(More + "New-IBWorkflowKeyPolicy -FromAuditEvent $events").NoErrors();
        Assert.Contains("2 keys", Assert.Single(both.Warnings), StringComparison.Ordinal);
        ScriptResult one = _scenario.Run(
            "$other = Get-IBWorkflowKey alias/Other @kms; Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | New-IBWorkflowKeyPolicy -FromAuditEvent -KeyArn $other.Arn").NoErrors();
        Assert.Empty(one.Warnings);
        Assert.Equal(2, JsonNode.Parse(one.Only().BaseObject.ToString()!)!["Statement"]!.AsArray().Count);
    }

    [Fact]
    public void Events_that_no_policy_can_allow_are_errors_and_the_rest_goes_on()
    {
        ScriptResult result = _scenario.Run("""
            $events = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms
            $hidden = $events[0].ToJson() -replace '(?s)"encryptionContext": \{.*?\}', '"encryptionContext": "HIDDEN_DUE_TO_SECURITY_REASONS"'
            @($hidden) + $events | New-IBWorkflowKeyPolicy -FromAuditEvent
            """);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("AuditContextHidden,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.NotNull(error.TargetObject);
        Assert.Single(result.Output);
    }

    [Fact]
    public void The_whole_trail_of_the_account_root_is_what_its_administrators_may_do()
    {
        ScriptResult result = _scenario.Run("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents | New-IBWorkflowKeyPolicy -FromAuditEvent").NoErrors();
        Assert.Equal(2, JsonNode.Parse(result.Only().BaseObject.ToString()!)!["Statement"]!.AsArray().Count);
    }

    [Fact]
    public void A_role_policy_is_made_of_what_the_role_did()
    {
        ScriptResult result = _scenario.Run($$"""
            Protect-IBWorkflow "$folder/build.yml" -KeyId alias/ExampleKMSKey -Destination "$folder/denied/" -WorkflowArn $workflow -RoleArn {{Writer}} @kms -ErrorAction SilentlyContinue
            $events = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms
            New-IBWorkflowRolePolicy -FromAuditEvent $events
            New-IBWorkflowRolePolicy -FromAuditEvent $events -ExecutionRoleArn $role -StatementOnly -Sid Mine
            (Get-IBWorkflowKey alias/ExampleKMSKey @kms).Arn
            """).NoErrors();
        Assert.Contains("2 callers", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal("AllowAccessToTheWorkflowKey", (string?)JsonNode.Parse(result.Output[0].BaseObject.ToString()!)!["Statement"]![0]!["Sid"]);
        JsonNode statement = JsonNode.Parse(result.Output[1].BaseObject.ToString()!)!;
        Assert.Equal(("Mine", result.Output[2].ToString()), ((string?)statement["Sid"], (string?)statement["Resource"]));
        Assert.Equal(["kms:GenerateDataKey"], statement["Action"]!.AsArray().Select(static action => (string?)action));
    }

    [Fact]
    public void Events_without_the_switch_are_no_execution_roles()
    {
        ScriptResult result = _scenario.Run("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | New-IBWorkflowKeyPolicy");
        Assert.Empty(result.Output);
        Assert.StartsWith("InvalidPrincipalArn,", result.Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@() | New-IBWorkflowKeyPolicy -FromAuditEvent", "NoAuditedUse")]
    [InlineData("@() | New-IBWorkflowRolePolicy -FromAuditEvent", "NoAuditedUse")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | New-IBWorkflowKeyPolicy -FromAuditEvent -KeyArn alias/ExampleKMSKey", "InvalidKeyArn")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | New-IBWorkflowKeyPolicy -FromAuditEvent -KeyAdministratorArn nobody", "InvalidPrincipalArn")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | New-IBWorkflowRolePolicy -FromAuditEvent -Sid 'With spaces'", "InvalidSid")]
    public void What_is_wrong_with_all_is_one_error(string script, string id) =>
        Assert.Equal(id, _scenario.Run(script).Error().FullyQualifiedErrorId.Split(',')[0]);
}
