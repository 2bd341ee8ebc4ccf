using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Measure-IBKmsAuditEvent over the trail that the local KMS leaves of real calls.</summary>
public sealed class MeasureTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const string Denied =
        "Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" -PassThru -WorkflowArn $workflow @kms -RoleArn arn:aws:iam::111122223333:role/Other -ErrorAction SilentlyContinue\n";

    private readonly Scenario _scenario = new Scenario(engine).WithProtected();

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void It_tells_who_used_which_key_for_which_workflow()
    {
        ScriptResult result = _scenario.Run(Denied + """
            Unprotect-IBWorkflow "$folder/build.yml.encrypted" -PassThru @open > $null
            Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Measure-IBKmsAuditEvent
            """).NoErrors();
        Assert.Equal(2, result.Output.Count);
        PSObject role = result.Output[0];
        Assert.Equal((Scenario.Workflow, Scenario.Role), (role.Properties["Workflow"].Value, role.Properties["Principal"].Value));
        Assert.StartsWith("arn:aws:kms:us-west-2:111122223333:key/", (string)role.Properties["Key"].Value, StringComparison.Ordinal);
        Assert.Equal((2L, 0L), (role.Properties["Count"].Value, role.Properties["DeniedCount"].Value));
        Assert.Equal(DateTimeKind.Utc, ((DateTime)role.Properties["FirstSeen"].Value).Kind);
        Assert.Equal((1L, 1L), (result.Output[1].Properties["Count"].Value, result.Output[1].Properties["DeniedCount"].Value));
    }

    [Theory]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents | Measure-IBKmsAuditEvent Operation, region")]
    [InlineData("Measure-IBKmsAuditEvent -InputObject (Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents) -By Operation, Region")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents | ForEach-Object ToJson | Measure-IBKmsAuditEvent -By Operation, Region, Operation")]
    [InlineData("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents | ThroughJob | Measure-IBKmsAuditEvent Operation, Region")]
    [InlineData("Measure-IBKmsAuditEvent -AuditEvent (Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents | ThroughJob) Operation, Region")]
    [InlineData("& { $null; Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents; $null } | Measure-IBKmsAuditEvent Operation, Region")]
    [InlineData("Measure-IBKmsAuditEvent -InputObject (@($null) + @(Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents)) Operation, Region")]
    public void Events_come_by_the_pipeline_as_a_value_as_JSON_and_through_jobs(string script) => Assert.Equal(
        ["CreateAlias us-west-2 1", "CreateKey us-west-2 1", "EnableKeyRotation us-west-2 1", "GenerateDataKey us-west-2 1"],
        _scenario.Run(script + " | ForEach-Object { \"$($_.Operation) $($_.Region) $($_.Count)\" }").NoErrors().Output.Select(static line => line.ToString()));

    [Fact]
    public void No_events_are_no_groups_and_other_groupings_are_refused()
    {
        foreach (string nothing in (string[])["@() |", "$null |", "$null, @() |"])
        {
            Assert.Empty(_scenario.Run(nothing + " Measure-IBKmsAuditEvent").NoErrors().Output);
        }

        Assert.Empty(_scenario.Run("Measure-IBKmsAuditEvent -InputObject @(); Measure-IBKmsAuditEvent -InputObject $null").NoErrors().Output);
        Assert.StartsWith("ParameterArgumentValidationError,", _scenario.Run("Measure-IBKmsAuditEvent -By Weather").Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-Command -Module ImageBuilderDataProtection", "AuditEventExpected", "A System.Management.Automation.CmdletInfo is no audit event")]
    [InlineData("[pscustomobject]@{ EventName = 'Decrypt' }", "AuditEventExpected", "A System.Management.Automation.PSCustomObject is no audit event")]
    [InlineData("$events | ThroughJob | ForEach-Object { $_.Json = $null; $_ }", "AuditEventExpected", "has lost its record")]
    [InlineData("$events | ThroughJob | ForEach-Object { $_.Json = '{'; $_ }", "InvalidJson", "line 1")]
    [InlineData("\"$folder/kms\"", "InvalidJson", "line 1")]
    public void What_is_no_event_ends_the_command_with_one_error_and_no_numbers(string others, string errorId, string says)
    {
        ScriptResult result = _scenario.Run($$"""
            $events = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents
            & { $events; {{others}}; $events } | Measure-IBKmsAuditEvent Operation -ErrorAction SilentlyContinue
            """);
        Assert.Empty(result.Output);
        ErrorRecord error = result.Error();
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(says, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_record_that_travels_with_an_event_is_seen_only_where_it_arrives() => Assert.Equal(
        ["False", "True"],
        _scenario.Run("""
            $live = @(Get-IBKmsAuditEvent -LocalKms $kms.LocalKms)[0]
            $live.psobject.Properties.Match('*').Name -contains 'Json'
            ($live | ThroughJob).Json -eq $live.ToJson()
            """).NoErrors().Output.Select(static line => line.ToString()));

    [Fact]
    public void A_limit_ends_the_command_with_one_error()
    {
        ScriptResult result = _scenario.Run("""
            $json = @(Get-IBKmsAuditEvent -LocalKms $kms.LocalKms)[0].ToJson()
            1..20 | ForEach-Object { $json.Replace($workflow, 'x' * 4000000 + $_) } | Measure-IBKmsAuditEvent Workflow
            """);
        Assert.Empty(result.Output);
        ErrorRecord error = result.Error();
        Assert.StartsWith("UsageNamesTooLong,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.LimitsExceeded, error.CategoryInfo.Category);
    }

    [Fact]
    public void Its_view_fits_80_columns_and_cuts_nothing_off()
    {
        _scenario.Run(Denied);
        Assert.Matches(
            """
            \A
               By: Workflow, Key, Principal

               Count Denied Failed First, last, UTC Group
               ----- ------ ------ ---------------- -----
                   1      1      0 \d{4}-\d\d-\d\d \d\d:\d\d build/sample-encrypted-workflow/1\.0\.0/\*
                                   \d{4}-\d\d-\d\d \d\d:\d\d [0-9a-f-]{36}
                                                    role/Other
                   1      0      0 \d{4}-\d\d-\d\d \d\d:\d\d build/sample-encrypted-workflow/1\.0\.0/\*
                                   \d{4}-\d\d-\d\d \d\d:\d\d [0-9a-f-]{36}
                                                    role/YourImageBuilderExecutionRole\z
            """,
            Lines("Measure-IBKmsAuditEvent"));
        Assert.Contains(" 111122223333:role/Other\n", Lines("Measure-IBKmsAuditEvent Principal"), StringComparison.Ordinal);
        Assert.Contains(" (no workflow)\n", Lines("Measure-IBKmsAuditEvent", "-AllKmsEvents"), StringComparison.Ordinal);
        Assert.Matches(
            """
             \d{4}-\d\d-\d\d
             +\d{4}-\d\d-\d\d \d\d:\d\d \(direct\)
             +1 workflow
             +1 key
             +2 principals\z
            """,
            Lines("Measure-IBKmsAuditEvent Day, InvokedBy"));

        // After an object of another kind, PowerShell uses no view.
        Assert.Matches(@"KMS usage : By +: Day, Principal\n", _scenario.Show("[version]'1.2'; Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Measure-IBKmsAuditEvent Day, Principal"));

        string Lines(string measure, string wanted = "")
        {
            string[] shown = [.. _scenario.Show($"Get-IBKmsAuditEvent -LocalKms $kms.LocalKms {wanted} | {measure}").TrimEnd().Split('\n').Select(static line => line.TrimEnd())];
            Assert.All(shown, static line => Assert.True(line.Length < 80 && !line.Contains('…'), line));
            return string.Join('\n', shown);
        }
    }
}
