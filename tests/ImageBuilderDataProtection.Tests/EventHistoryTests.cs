using System.Management.Automation;
using System.Net;
using System.Net.Sockets;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Get-IBKmsAuditEvent on CloudTrail's event history, which here the endpoint of a local KMS gives over HTTP.</summary>
public sealed class EventHistoryTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const string OverHttp = """
        $endpoint = Start-IBLocalKms "$folder/kms" -AccountId 111122223333
        $aws = @{
            EndpointUrl = $endpoint.Url; Region = 'us-west-2'
            AccessKey = $endpoint.Credentials.AccessKeyId; SecretKey = $endpoint.Credentials.SecretAccessKey
        }

        """;

    private readonly Scenario _scenario = new(engine);

    public void Dispose()
    {
        engine.Run("Stop-IBLocalKms").NoErrors();
        _scenario.Dispose();
    }

    [Fact]
    public void The_record_of_a_protection_and_of_an_opening_is_found_by_the_request_id_and_is_the_trails_own()
    {
        ScriptResult result = _scenario.Run(OverHttp + """
            $protected = Protect-IBWorkflow "$folder/build.yml" -KeyId alias/ExampleKMSKey -WorkflowArn $workflow -RoleArn $role @aws
            $opened = Unprotect-IBWorkflow "$folder/build.yml.encrypted" -WorkflowArn $workflow -RoleArn $role -PassThru @aws
            $found = Get-IBKmsAuditEvent -RequestId $protected.AuditEvent.RequestId @aws
            $found.EventName
            $found.IsClientView
            $found.ToJson() -ceq (Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -RequestId $found.RequestId).ToJson()
            $found.KeyArn -ceq $protected.AuditEvent.KeyArn
            $protected, $opened | ForEach-Object AuditEvent | Get-IBKmsAuditEvent @aws | ForEach-Object EventName
            (Get-IBKmsAuditEvent -EventId $found.EventId @aws).RequestId -ceq $found.RequestId
            """).NoErrors();
        Assert.Equal(["GenerateDataKey", false, true, true, "Decrypt", "GenerateDataKey", true], result.Output.Select(static value => value.BaseObject));
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void What_CloudTrail_does_not_have_yet_is_a_warning()
    {
        ScriptResult result = _scenario.Run(OverHttp + "Get-IBKmsAuditEvent -RequestId 7a0b1c2d-0000-4000-8000-1234567890ab @aws").NoErrors();
        Assert.Empty(result.Output);
        Assert.Contains("no such KMS record with the id 7a0b1c2d-0000-4000-8000-1234567890ab", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_for_workflows_or_all_come_the_newest_first_over_several_pages()
    {
        _scenario.Run("1..35 | ForEach-Object { $null = Get-IBWorkflowKey alias/ExampleKMSKey @kms }").NoErrors();
        ScriptResult result = _scenario.WithProtected().Run(OverHttp + """
            $all = Get-IBKmsAuditEvent -AllKmsEvents @aws
            $trail = [array](Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents)
            [array]::Reverse($trail)
            $all.Count -gt 100
            (($all | ForEach-Object ToJson) -join ',') -ceq (($trail | ForEach-Object ToJson) -join ',')
            Get-IBKmsAuditEvent @aws | ForEach-Object EventName
            """).NoErrors();
        Assert.Equal([true, true, "GenerateDataKey"], result.Output.Select(static value => value.BaseObject));
    }

    [Fact]
    public void Filters_are_the_same_for_the_event_history_a_local_KMS_and_files()
    {
        ScriptResult result = _scenario.WithProtected().Run(OverHttp + """
            $key = (Get-IBWorkflowKey alias/ExampleKMSKey @kms).Arn
            $sources = $aws, @{ LocalKms = $kms.LocalKms }, @{ Path = "$($kms.LocalKms)/trail" }
            foreach ($source in $sources) {
                Get-IBKmsAuditEvent -AllKmsEvents -EventName createkey, CreateAlias @source | ForEach-Object EventName
                (Get-IBKmsAuditEvent -KeyId $key @source).EventName
                (Get-IBKmsAuditEvent -KeyId $key.Split('/')[1] @source).EventName
                @(Get-IBKmsAuditEvent -StartTime ([datetime]::Now.AddHours(1)) @source).Count
                @(Get-IBKmsAuditEvent -EndTime ([datetime]::Now.AddHours(-1)) @source).Count
                (Get-IBKmsAuditEvent -StartTime ([datetime]::Now.AddHours(-1)) -EndTime ([datetime]::UtcNow.AddHours(1)) @source).EventName
            }
            @(Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -Region eu-west-1).Count
            """).NoErrors();
        object[] rest = ["GenerateDataKey", "GenerateDataKey", 0, 0, "GenerateDataKey"];
        Assert.Equal(
            ["CreateAlias", "CreateKey", .. rest, "CreateKey", "CreateAlias", .. rest, "CreateKey", "CreateAlias", .. rest, 0],
            result.Output.Select(static value => value.BaseObject));
    }

    [Fact]
    public void The_region_of_a_key_ARN_is_asked_and_an_empty_pipeline_asks_no_one() => Assert.Equal("GenerateDataKey", _scenario.WithProtected().Run(OverHttp + """
        $key = (Get-IBWorkflowKey alias/ExampleKMSKey @kms).Arn
        $aws.Remove('Region')
        Get-IBKmsAuditEvent -KeyId $key @aws | ForEach-Object EventName
        @() | Get-IBKmsAuditEvent -EndpointUrl https://cloudtrail.invalid -Region us-west-2 -AccessKey a -SecretKey b
        """).Only().BaseObject);

    [Fact]
    public void Unknown_credentials_are_one_error_of_the_region()
    {
        ScriptResult result = _scenario.Run(OverHttp + """
            $aws.AccessKey = 'AKIAIOSFODNN7EXAMPLE'
            Get-IBKmsAuditEvent @aws
            """);
        ProtectTests.AssertError(result.Error(), "UnrecognizedClientException", ErrorCategory.PermissionDenied, "us-west-2");
        Assert.StartsWith("LookupEvents in us-west-2 failed: ", result.Error().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Region us-west-2", "CredentialsMissing", ErrorCategory.PermissionDenied)]
    [InlineData("", "RegionUnknown", ErrorCategory.InvalidArgument)]
    [InlineData("-Region us-west-2 -KeyId alias/x", "KeyIsAlias", ErrorCategory.InvalidArgument)]
    [InlineData("-Region us-west-2 -KeyId ?", "InvalidKeyId", ErrorCategory.InvalidArgument)]
    [InlineData("-Region us-west-2 -StartTime 2026-02-01 -EndTime 2026-01-01", "InvalidTimeRange", ErrorCategory.InvalidArgument)]
    [InlineData("-Region us-west-2 -EndpointUrl http://cloudtrail.example.com", "InsecureEndpoint", ErrorCategory.InvalidArgument)]
    [InlineData("-LocalKms $kms.LocalKms -RoleArn $role -ProfileName p", "AwsParameterWithLocalKms", ErrorCategory.InvalidArgument)]
    [InlineData("-Path $folder -LocalKms $kms.LocalKms", "AwsParameterWithPath", ErrorCategory.InvalidArgument)]
    [InlineData("-LiteralPath $folder -RoleArn $role", "AwsParameterWithPath", ErrorCategory.InvalidArgument)]
    public void What_is_wrong_is_one_error(string parameters, string errorId, ErrorCategory category)
    {
        ErrorRecord error = _scenario.Run("Get-IBKmsAuditEvent " + parameters).Error();
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.DoesNotContain('\n', error.ToString());
    }

    [Fact]
    public async Task Stopping_a_search_that_waits_for_AWS_ends_it()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using PowerShell shell = engine.Shell(
            "param($url) Get-IBKmsAuditEvent -Region us-west-2 -EndpointUrl $url -AccessKey a -SecretKey b -TimeoutSec 3600",
            ("url", $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"));
        Task<PSDataCollection<PSObject>> running = shell.InvokeAsync();
        using TcpClient asked = await silent.AcceptTcpClientAsync();
        await shell.StopAsync(null, null);
        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);
        Assert.Empty(shell.Streams.Error);
    }
}
