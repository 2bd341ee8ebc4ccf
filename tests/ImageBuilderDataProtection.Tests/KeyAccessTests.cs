using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class KeyAccessTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const string Other = "arn:aws:iam::111122223333:role/Other";

    private readonly Scenario _scenario = new Scenario(engine).WithProtected();

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void A_granted_role_opens_and_a_revoked_one_is_refused_and_the_policy_is_as_before()
    {
        string before = Policy();
        Assert.StartsWith("AccessDeniedException,", Open().Error().FullyQualifiedErrorId, StringComparison.Ordinal);

        PSObject policy = Run("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms").Only();
        Assert.Equal(Policy(), policy.BaseObject.ToString());
        Assert.NotEqual(before, Policy());
        Open().NoErrors();

        policy = Run("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms -Confirm:$false -WarningAction SilentlyContinue").Only();
        Assert.Equal(before, policy.BaseObject.ToString());
        Assert.Equal(before, Policy());
        Assert.StartsWith("AccessDeniedException,", Open().Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Twice_is_the_same_as_once()
    {
        Run("1..2 | ForEach-Object { Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms }").NoErrors();
        ScriptResult second = Run("1..2 | ForEach-Object { Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms -Confirm:$false }").NoErrors();
        Assert.Equal(2, second.Output.Count);
        Assert.Equal(second.Output[0].ToString(), second.Output[1].ToString());
        Assert.Single(second.Warnings, static warning => warning.Contains("grants none of this", StringComparison.Ordinal));
        Assert.Equal(2, _scenario.Trail().Count(static line => line == "PutKeyPolicy"));
    }

    [Fact]
    public void WhatIf_shows_the_change_and_makes_none()
    {
        string before = Policy();
        ScriptResult grant = Run("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other -WorkflowArn $workflow @kms -WhatIf").NoErrors();
        Assert.Empty(grant.Output);
        Assert.Contains("What if: Change the policy of the key arn:aws:kms:us-west-2:111122223333:key/", grant.HostText, StringComparison.Ordinal);
        Assert.Contains("+   \"Sid\": \"Allow encrypted workflows for Other\",", grant.HostText, StringComparison.Ordinal);
        Assert.Contains($"\"kms:EncryptionContext:aws:imagebuilder:arn\": \"{Scenario.Workflow}\"", grant.HostText, StringComparison.Ordinal);

        ScriptResult revoke = Run("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms -Path $folder -WhatIf").NoErrors();
        Assert.Empty(revoke.Output);
        Assert.Contains("-   \"Sid\": \"Allow access to build images with encrypted workflow\",", revoke.HostText, StringComparison.Ordinal);
        Assert.StartsWith($"The role {Scenario.Role} can then no longer open this workflow:\n  {Scenario.Workflow} ({_scenario.Folder.Path}", revoke.Warnings[0], StringComparison.Ordinal);
        Assert.Equal(before, Policy());
        Assert.DoesNotContain("PutKeyPolicy", _scenario.Trail());
    }

    [Fact]
    public void Verbose_shows_the_change_that_is_made()
    {
        ScriptResult result = Run("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms -Verbose 4>&1").NoErrors();
        VerboseRecord record = Assert.IsType<VerboseRecord>(result.Output[0].BaseObject);
        Assert.Contains("+   \"Sid\": \"Allow encrypted workflows for Other\",", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revoke_asks_first()
    {
        string before = Policy();
        ErrorRecord error = Run("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms").Error();
        Assert.Contains("This host asks nothing", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, Policy());
    }

    [Fact]
    public void What_becomes_unreadable_comes_as_objects_too()
    {
        ScriptResult result = Run("""
            Get-IBKmsAuditEvent -LocalKms $kms.LocalKms |
                Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms -Path $folder -Confirm:$false -InformationVariable told | Out-Null
            $told.MessageData
            """).NoErrors();
        Assert.Equal(2, result.Output.Count);
        Assert.All(result.Output, static workflow =>
        {
            Assert.Equal(Scenario.Workflow, workflow.Properties["WorkflowArn"].Value);
            Assert.Equal(Scenario.Role, workflow.Properties["RoleArn"].Value);
            Assert.Equal(true, workflow.Properties["DependsOnRolePolicy"].Value);
        });
        Assert.EndsWith("build.yml.encrypted", (string)result.Output[0].Properties["Path"].Value, StringComparison.Ordinal);
        Assert.Null(result.Output[1].Properties["Path"].Value);
        Assert.IsType<DateTime>(result.Output[1].Properties["LastUsed"].Value);
        Assert.Contains(result.Warnings, warning => warning.StartsWith($"The role {Scenario.Role} can then no longer open this workflow:\n  {Scenario.Workflow}, unless the role's own policies let it\n    {_scenario.Folder.Path}", StringComparison.Ordinal));
        Assert.Contains(result.Warnings, static warning => warning.Contains("by \"Allow access for key administrators\" of the key policy, if the role's own policies let it", StringComparison.Ordinal));
    }

    [Fact]
    public void A_role_policy_tells_what_the_role_keeps()
    {
        const string Revoke = "Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms -Path $folder -WhatIf -InformationVariable told -RolePolicy ";
        ScriptResult keeps = Run($"$key = (Get-IBWorkflowKey alias/ExampleKMSKey @kms).Arn; {Revoke}(New-IBWorkflowRolePolicy $key); $told | ForEach-Object MessageData").NoErrors();
        Assert.Empty(keeps.Output);
        Assert.Contains("can still use the key", Assert.Single(keeps.Warnings), StringComparison.Ordinal);
        ScriptResult loses = Run($"{Revoke}'{{\"Version\":\"2012-10-17\",\"Statement\":[]}}'; $told.MessageData");
        Assert.Equal(false, loses.Only().Properties["DependsOnRolePolicy"].Value);
    }

    [Fact]
    public void Folders_are_searched_and_other_files_passed_over_but_a_named_one_must_be_a_protected_workflow()
    {
        _scenario.Folder.Write("open/notes.txt", "A note, no message");
        _scenario.Folder.Write("open/more/empty", "");
        Run("Protect-IBWorkflow \"$folder/build.yml\" -Destination \"$folder/open/more/text.encrypted\" -AsText -WorkflowArn $workflow @protect").NoErrors();
        Assert.Equal(2, Affected("-Path $folder"));
        Assert.Equal(1, Affected("-Path \"$folder/o*\""));
        Assert.Equal(1, Affected("-Path \"$folder/build*\""));
        Assert.Equal(1, Affected("-LiteralPath \"$folder/open\""));
        Assert.Equal(1, Run("Get-IBProtectedWorkflow \"$folder/build.yml.encrypted\" | Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms -WhatIf -InformationVariable told; $told.Count").Only().BaseObject);

        foreach ((string path, string id) in new[] { ("-Path \"$folder/build.yml\"", "NotProtected"), ("-LiteralPath \"$folder/none\"", "FileNotFound"), ("-Path \"$folder/none\"", "FileNotFound") })
        {
            ScriptResult result = Run($"Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms -Confirm:$false {path}");
            Assert.StartsWith(id + ",", result.Error().FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Empty(result.Output);
        }

        Assert.DoesNotContain("PutKeyPolicy", _scenario.Trail());

        int Affected(string path) =>
            (int)Run($"Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms {path} -WhatIf -InformationVariable told; $told.Count").Only().BaseObject;
    }

    [Fact]
    public void Errors_in_the_policy_stop_it_unless_it_is_forced()
    {
        const string Printed = "Grant-IBWorkflowKeyAccess alias/printed $other @kms";
        Run("""
            $json = (New-IBWorkflowKeyPolicy $role).ToJson().Replace('"Version"', '"Id": "printed", "Version"').Replace('"kms:*"', '"kms:*", "kms:Decript"')
            New-IBWorkflowKey $json -Alias printed @kms
            """).NoErrors();
        ErrorRecord error = Run(Printed).Error();
        ProtectTests.AssertError(error, "PolicyHasErrors", ErrorCategory.InvalidData, "alias/printed");
        Assert.Matches("would have an error, UnknownAction .*; use -Force", error.ToString());
        Run(Printed + " -Force").Only();
    }

    [Fact]
    public void Rows_are_grants_each_by_itself()
    {
        ScriptResult result = Run("""
            @(
                [pscustomobject]@{ KeyId = 'alias/ExampleKMSKey'; ExecutionRoleArn = $other; WorkflowArn = $workflow }
                [pscustomobject]@{ KeyId = 'alias/ExampleKMSKey'; ExecutionRoleArn = 'nonsense'; WorkflowArn = $workflow }
                [pscustomobject]@{ KeyId = 'alias/none'; ExecutionRoleArn = $other; WorkflowArn = $workflow }
                [pscustomobject]@{ KeyId = 'alias/ExampleKMSKey'; ExecutionRoleArn = "${other}2"; WorkflowArn = $workflow }
                [pscustomobject]@{ KeyId = 'alias/ExampleKMSKey'; ExecutionRoleArn = $other; WorkflowArn = 'arn:aws:imagebuilder:nowhere' }
            ) | Grant-IBWorkflowKeyAccess @kms
            """);
        Assert.Equal(2, result.Output.Count);
        Assert.Equal(["InvalidPrincipalArn", "NotFoundException", "InvalidWorkflowArnPattern"], result.Errors.Select(static error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(4, ((System.Collections.ICollection)result.Output[1].Properties["Statements"].Value).Count);
    }

    [Fact]
    public void A_list_revokes_what_it_grants_and_no_more()
    {
        string before = Policy();
        const string Rows = """
            $rows = @(
                [pscustomobject]@{ KeyId = 'alias/ExampleKMSKey'; ExecutionRoleArn = $other; WorkflowArn = $workflow }
                [pscustomobject]@{ KeyId = 'alias/ExampleKMSKey'; ExecutionRoleArn = "${other}2"; WorkflowArn = '' }
            )
            """;
        Run("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other -WorkflowArn arn:aws:imagebuilder:*:111122223333:workflow/test/* @kms").NoErrors();
        string kept = Policy();
        Assert.Equal(2, Run($"{Rows}\n$rows | Grant-IBWorkflowKeyAccess @kms").NoErrors().Output.Count);
        Assert.Contains("arn:aws:imagebuilder:*:111122223333:workflow/*\"", Policy(), StringComparison.Ordinal);
        Assert.Equal(2, Run($"{Rows}\n$rows | Revoke-IBWorkflowKeyAccess @kms -Confirm:$false").NoErrors().Output.Count);
        Assert.Equal(kept, Policy());

        ScriptResult result = Run("[pscustomobject]@{ KeyId = 'alias/ExampleKMSKey'; ExecutionRoleArn = $other; WorkflowArn = 'nonsense' }, [pscustomobject]@{ KeyId = 'alias/ExampleKMSKey'; ExecutionRoleArn = $other; WorkflowArn = ' ' } | Revoke-IBWorkflowKeyAccess @kms -Confirm:$false");
        Assert.StartsWith("InvalidWorkflowArnPattern,", result.Error().FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(before, Policy());
    }

    [Theory]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms -Confirm:$false")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | ThroughJob | Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms -Confirm:$false")]
    [InlineData("[pscustomobject]@{ KeyId = 'alias/ExampleKMSKey'; ExecutionRoleArn = $role } | Revoke-IBWorkflowKeyAccess -AuditEvent (Get-IBKmsAuditEvent -LocalKms $kms.LocalKms) @kms -Confirm:$false")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role -WorkflowArn arn:aws:imagebuilder:*:111122223333:workflow/* @kms -Confirm:$false")]
    public void The_workflow_of_an_audit_event_is_no_pattern(string script)
    {
        // The grant is of a pattern that is none of the events' workflows.
        ScriptResult result = Run(script);
        Assert.DoesNotContain(Scenario.Role, result.Only().ToString(), StringComparison.Ordinal);
        Assert.Contains(result.Warnings, static warning => warning.StartsWith($"The role {Scenario.Role} can then no longer open this workflow:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other -WorkflowArn $none @kms")]
    [InlineData("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role -WorkflowArn $none @kms -Confirm:$false")]
    [InlineData("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role -WorkflowArn '' @kms -Confirm:$false")]
    public void An_empty_pattern_on_the_command_line_stands_for_nothing(string script)
    {
        string before = Policy();
        Assert.StartsWith("InvalidWorkflowArnPattern,", Run(script).Error().FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(before, Policy());
    }

    [Fact]
    public void What_audit_events_gave_is_taken_out()
    {
        Run("""
            Unprotect-IBWorkflow "$folder/build.yml.encrypted" -PassThru @open | Out-Null
            Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Where-Object EventName -eq Decrypt | New-IBWorkflowKeyPolicy -FromAuditEvent |
                New-IBWorkflowKey -Alias k2 @kms | Out-Null
            Protect-IBWorkflow "$folder/build.yml" -Destination "$folder/k2.encrypted" -KeyId alias/k2 -WorkflowArn $workflow @kms
            Unprotect-IBWorkflow "$folder/k2.encrypted" -PassThru @open
            """).NoErrors();
        ScriptResult revoke = Run("Revoke-IBWorkflowKeyAccess alias/k2 $role -Path \"$folder/k2.encrypted\" @kms -Confirm:$false");
        Assert.DoesNotContain(Scenario.Role, revoke.Only().ToString(), StringComparison.Ordinal);
        Assert.StartsWith("AccessDeniedException,", Run("Unprotect-IBWorkflow \"$folder/k2.encrypted\" -PassThru @open").Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void What_still_gives_access_is_an_error_once_the_change_is_made()
    {
        const string Revoke = "Revoke-IBWorkflowKeyAccess alias/wide $role @kms";
        Run("""
            $json = (New-IBWorkflowKeyPolicy $role).ToJson().Replace('"kms:GenerateDataKey"', '"kms:GenerateDataKey", "kms:DescribeKey"')
            New-IBWorkflowKey $json -Alias wide @kms
            """).NoErrors();
        ScriptResult asked = Run(Revoke + " -WhatIf");
        ScriptResult made = Run(Revoke + " -Confirm:$false");
        ProtectTests.AssertError(made.Error(), "AccessRemains", ErrorCategory.InvalidOperation, "alias/wide");
        Assert.Contains("\"Allow access to build images with encrypted workflow\"", made.Error().ToString(), StringComparison.Ordinal);
        Assert.Contains(made.Warnings, static warning => warning.Contains("can still use the key", StringComparison.Ordinal));
        Assert.Equal(made.Warnings, asked.Warnings);
    }

    [Fact]
    public void A_pattern_is_revoked_by_itself()
    {
        Run("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms -WorkflowArn $workflow, arn:aws:imagebuilder:*:111122223333:workflow/test/*").NoErrors();
        Open().NoErrors();
        string policy = Run("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms -WorkflowArn $workflow -Confirm:$false").Only().ToString();
        Assert.Contains("workflow/test/*", policy, StringComparison.Ordinal);
        Assert.StartsWith("AccessDeniedException,", Open().Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void ViaImageBuilder_limits_the_grant_and_names_it()
    {
        string before = Policy();
        string policy = Run("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms -ViaImageBuilder").Only().ToString();
        Assert.Contains("\"kms:ViaService\": \"imagebuilder.*.amazonaws.com\"", policy, StringComparison.Ordinal);
        Assert.StartsWith("AccessDeniedException,", Open().Error().FullyQualifiedErrorId, StringComparison.Ordinal);
        Run("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms").NoErrors();
        Run("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms -ViaImageBuilder -Confirm:$false").NoErrors();
        Open().NoErrors();
        Run("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms -Confirm:$false").NoErrors();
        Assert.Equal(before, Policy());
    }

    [Fact]
    public void The_account_is_the_keys_and_never_the_roles()
    {
        const string Foreign = "arn:aws:iam::444455556666:role/Exec";
        ScriptResult granted = Run($"Grant-IBWorkflowKeyAccess alias/ExampleKMSKey {Foreign} @kms").NoErrors();
        Assert.Contains(Foreign, granted.Only().ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Foreign, Run($"Revoke-IBWorkflowKeyAccess (Get-IBWorkflowKey alias/ExampleKMSKey @kms).KeyId {Foreign} @kms -Confirm:$false").Only().ToString(), StringComparison.Ordinal);
        ProtectTests.AssertError(Run("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey arn:aws-cn:iam::444455556666:role/Exec @kms").Error(), "MixedPartitions", ErrorCategory.InvalidArgument, "alias/ExampleKMSKey");

        Run($"New-IBWorkflowKeyPolicy {Foreign} | New-IBWorkflowKey @kms").NoErrors();
        ErrorRecord error = Run($"Grant-IBWorkflowKeyAccess alias/ExampleKMSKey {Foreign} @kms").Error();
        ProtectTests.AssertError(error, "AccountUnknown", ErrorCategory.InvalidArgument, "alias/ExampleKMSKey");
        Assert.Contains("name the key by its ARN", error.ToString(), StringComparison.Ordinal);
        Run($"Grant-IBWorkflowKeyAccess arn:aws:kms:us-west-2:111122223333:alias/ExampleKMSKey {Foreign} @kms").Only();
    }

    [Fact]
    public void The_partition_is_that_of_the_region()
    {
        const string China = "arn:aws-cn:iam::444455556666:role/Exec";
        Run($$"""
            $china = @{ LocalKms = "$folder/china"; Region = 'cn-north-1' }
            New-IBWorkflowKeyPolicy {{China}} | New-IBWorkflowKey -Alias k @china | Out-Null
            Grant-IBWorkflowKeyAccess alias/k {{China}}2 @china
            """).Only();
    }

    [Fact]
    public void A_caller_who_may_not_change_the_policy_is_refused()
    {
        string before = Policy();
        ProtectTests.AssertError(
            Run("Grant-IBWorkflowKeyAccess alias/ExampleKMSKey $other @kms -RoleArn $role").Error(), "AccessDeniedException", ErrorCategory.PermissionDenied, "alias/ExampleKMSKey");
        Assert.Equal(before, Policy());
    }

    [Fact]
    public void What_becomes_unreadable_fits_80_columns()
    {
        string text = _scenario.Show("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms -Path $folder -WhatIf -WarningAction Ignore -InformationVariable told 6> $null; $told.MessageData");
        string table = text[text.IndexOf("   Role:", StringComparison.Ordinal)..];
        Assert.Contains("build/sample-encrypted-workflow/1.0.0/*", table, StringComparison.Ordinal);
        Assert.Contains("build.yml.encrypted", table, StringComparison.Ordinal);
        Assert.All(table.Split('\n'), static line => Assert.True(line.Length <= 80, line));
    }

    private ScriptResult Run(string script) => _scenario.Run($"$other = '{Other}'\n{script}");

    private ScriptResult Open() => Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" -PassThru -WorkflowArn $workflow -RoleArn $other @kms");

    private string Policy() => Run("(Get-IBWorkflowKey alias/ExampleKMSKey @kms).Policy").Only().ToString();
}
