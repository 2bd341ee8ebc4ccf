using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class PolicyTestTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    // The administrators' statement as the AWS page prints it.
    private const string PagesPolicy = """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Allow access for key administrators",
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
              "Action": [ "kms:*" ],
              "Resource": "arn:aws:kms:*:111122223333:key/"
            }
          ]
        }
        """;

    private readonly Scenario _scenario = new(engine);

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void A_generated_policy_has_no_findings_as_object_as_text_and_on_the_key()
    {
        Assert.Empty(_scenario.Run("New-IBWorkflowKeyPolicy $role | Test-IBWorkflowKeyPolicy").NoErrors().Output);
        Assert.Empty(_scenario.Run("Test-IBWorkflowKeyPolicy (New-IBWorkflowKeyPolicy $role).ToJson()").NoErrors().Output);
        Assert.Empty(_scenario.Run("Test-IBWorkflowKeyPolicy -KeyId alias/ExampleKMSKey @kms").NoErrors().Output);
        Assert.Empty(_scenario.Run("Get-IBWorkflowKey alias/ExampleKMSKey @kms | Test-IBWorkflowKeyPolicy @kms").NoErrors().Output);
        Assert.True((bool)_scenario.Run("New-IBWorkflowKeyPolicy $role | Test-IBWorkflowKeyPolicy -Quiet").Only().BaseObject);
    }

    [Fact]
    public void The_pages_policy_has_one_error_from_a_file_and_line_by_line()
    {
        string path = _scenario.Folder.Write("policy [1].json", PagesPolicy);
        foreach (string script in new[]
        {
            "Test-IBWorkflowKeyPolicy -LiteralPath \"$folder/policy [1].json\"",
            "Test-IBWorkflowKeyPolicy -Path \"$folder/policy*.json\"",
            "[System.IO.FileInfo]::new(\"$folder/policy [1].json\") | Test-IBWorkflowKeyPolicy",
            "[System.IO.File]::ReadAllLines(\"$folder/policy [1].json\") | Test-IBWorkflowKeyPolicy",
        })
        {
            PSObject finding = _scenario.Run(script).Only();
            Assert.Equal("ResourceMatchesNoKey", finding.Properties["RuleId"].Value);
            Assert.Equal("Error", finding.Properties["Severity"].Value.ToString());
            Assert.Equal(script.Contains("ReadAllLines", StringComparison.Ordinal) ? null : path, finding.Properties["Source"].Value);
        }
    }

    [Fact]
    public void Decisions_say_who_may_do_what_and_why()
    {
        ScriptResult result = _scenario.Run(
            "Test-IBWorkflowKeyPolicy -KeyId alias/ExampleKMSKey -Principal $role, \"${role}2\" -Action Decrypt -WorkflowArn $workflow @kms | ForEach-Object { \"$($_.Allowed) $($_.Explanation)\" }").NoErrors();
        Assert.Equal("True Allowed by \"Allow access to build images with encrypted workflow\"", result.Output[0].ToString());
        Assert.StartsWith("False Denied: the key policy leaves it to the caller's own policies", result.Output[1].ToString(), StringComparison.Ordinal);
        Assert.Contains($"Principal does not name {Scenario.Role}2", result.Output[1].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Principal $role -WorkflowArn $workflow", true)]
    [InlineData("-Principal $role -WorkflowArn $workflow -Action Decrypt, Encrypt", false)]
    [InlineData("-Principal $role", false)]
    public void Quiet_gives_one_value(string parameters, bool expected) =>
        Assert.Equal(expected, _scenario.Run($"New-IBWorkflowKeyPolicy $role | Test-IBWorkflowKeyPolicy -Quiet {parameters}").Only().BaseObject);

    [Theory]
    [InlineData("")]
    [InlineData("| ThroughJob")]
    public void A_denied_event_is_explained_by_the_live_policy(string through)
    {
        _scenario.Run("Protect-IBWorkflow \"$folder/build.yml\" -KeyId alias/ExampleKMSKey -WorkflowArn $workflow -RoleArn \"${role}2\" @kms").Error();
        PSObject decision = _scenario.Run($"Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Where-Object IsDenied {through} | Test-IBWorkflowKeyPolicy -KeyId alias/ExampleKMSKey @kms").Only();
        Assert.False((bool)decision.Properties["Allowed"].Value);
        Assert.Equal(Scenario.Workflow, decision.Properties["WorkflowArn"].Value);
        Assert.NotNull(decision.Properties["EventId"].Value);
        Assert.Contains("Principal does not name", decision.Properties["Explanation"].Value.ToString(), StringComparison.Ordinal);

        // The policy is read once, however many events there are.
        int before = _scenario.Trail().Length;
        _scenario.Run("$events = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms; @($events) + $events + $events | Test-IBWorkflowKeyPolicy -KeyId alias/ExampleKMSKey @kms").NoErrors();
        Assert.Equal(before + 2, _scenario.Trail().Length);
    }

    [Fact]
    public void A_role_policy_is_looked_at_too() => Assert.Equal(
        "SidCharacters",
        _scenario.Run("$key = Get-IBWorkflowKey alias/ExampleKMSKey @kms; Test-IBWorkflowKeyPolicy -KeyId $key.Arn -RolePolicy (New-IBWorkflowRolePolicy $key.Arn) -LocalKms $kms.LocalKms")
            .Only().Properties["RuleId"].Value);

    [Fact]
    public void A_condition_key_that_is_not_given_counts_as_absent_and_the_decision_says_so()
    {
        const string Script = """
            $json = (New-IBWorkflowKeyPolicy $role).ToJson().Replace('"StringLike": {', '"StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" }, "StringLike": {')
            $ask  = @{ Principal = $role; Action = 'Decrypt'; WorkflowArn = $workflow }

            """;
        PSObject without = _scenario.Run(Script + "Test-IBWorkflowKeyPolicy $json @ask").Only();
        Assert.Equal((false, "aws:PrincipalOrgID"), (without.Properties["Allowed"].Value, Assert.Single((IEnumerable<string>)without.Properties["AbsentConditionKeys"].Value)));
        Assert.EndsWith("(taken as not in the request: aws:PrincipalOrgID)", (string)without.Properties["Explanation"].Value, StringComparison.Ordinal);
        PSObject with = _scenario.Run(Script + "Test-IBWorkflowKeyPolicy $json @ask -ConditionKey @{ 'aws:principalorgid' = 'o-a1b2c3d4e5' }").Only();
        Assert.True((bool)with.Properties["Allowed"].Value);
        Assert.Empty((IEnumerable<string>)with.Properties["AbsentConditionKeys"].Value);
        Assert.Equal("InvalidConditionKey", _scenario.Run(Script + "Test-IBWorkflowKeyPolicy $json @ask -ConditionKey @{ a = @{} }").Error().FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void Quiet_counts_the_lint_too_when_decisions_are_asked_for()
    {
        const string Script = """
            $json = (New-IBWorkflowKeyPolicy $role).ToJson().Replace('"Statement": [', '"Statement": [{"Effect":"Allow","Principal":"*","Action":"kms:CreateGrant","Resource":"*"},')

            """;
        Assert.False((bool)_scenario.Run(Script + "Test-IBWorkflowKeyPolicy $json -Quiet -Principal $role -WorkflowArn $workflow").Only().BaseObject);
    }

    [Theory]
    [InlineData("Test-IBWorkflowKeyPolicy policy.json", "PolicyTextExpected")]
    [InlineData("Test-IBWorkflowKeyPolicy '{\"Version\":'", "MalformedPolicyDocument")]
    [InlineData("Test-IBWorkflowKeyPolicy -Path nothing.json", "FileNotFound")]
    [InlineData("Test-IBWorkflowKeyPolicy -KeyId alias/Nothing @kms", "NotFoundException")]
    [InlineData("New-IBWorkflowKeyPolicy $role | Test-IBWorkflowKeyPolicy -Principal nobody", "InvalidPrincipalArn")]
    [InlineData("New-IBWorkflowKeyPolicy $role | Test-IBWorkflowKeyPolicy -RolePolicy role.json", "PolicyTextExpected")]
    [InlineData("New-IBWorkflowKeyPolicy $role | Test-IBWorkflowKeyPolicy -Principal $role -Action Decript", "UnknownAction")]
    public void What_is_wrong_is_one_error_and_never_true(string script, string id)
    {
        Assert.Equal(id, _scenario.Run(script).Error().FullyQualifiedErrorId.Split(',')[0]);
        Assert.DoesNotContain(_scenario.Run(script + " -Quiet").Output, static value => value.BaseObject is true);
    }

    [Fact]
    public void Its_views_read_at_80_columns()
    {
        _scenario.Folder.Write("policy.json", PagesPolicy);
        string findings = _scenario.Show("Test-IBWorkflowKeyPolicy -Path \"$folder/policy.json\"");
        Assert.Contains("Error ResourceMatchesNoKey", findings, StringComparison.Ordinal);
        Assert.Contains("Fix: Write \"Resource\": \"*\"", findings, StringComparison.Ordinal);
        string decisions = _scenario.Show("New-IBWorkflowKeyPolicy $role | Test-IBWorkflowKeyPolicy -Principal $role -WorkflowArn $workflow");
        Assert.Contains("Allowed kms:GenerateDataKey", decisions, StringComparison.Ordinal);
        Assert.All((findings + decisions).Split('\n').Where(static line => !line.Contains("Policy: /", StringComparison.Ordinal)), static line => Assert.True(line.Length <= 80, line));
    }
}
