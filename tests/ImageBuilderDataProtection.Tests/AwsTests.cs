using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Net;
using System.Net.Sockets;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>The cmdlets with the common AWS parameters, against the endpoint of a local KMS and against endpoints that fail.</summary>
public sealed class AwsTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const string OverHttp = """
        $endpoint = Start-IBLocalKms "$folder/kms" -AccountId 111122223333
        $aws = @{
            EndpointUrl = $endpoint.Url; Region = 'us-west-2'
            AccessKey = $endpoint.Credentials.AccessKeyId; SecretKey = $endpoint.Credentials.SecretAccessKey
        }

        """;

    private const string MainJob = """
        $key = New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias MainJob @way
        $made = Protect-IBWorkflow "$folder/build.yml" -KeyId alias/MainJob -WorkflowArn $workflow -RoleArn $role @way
        $open = Unprotect-IBWorkflow "$folder/build.yml.encrypted" -WorkflowArn $workflow -RoleArn $role -PassThru @way
        $described = Get-IBWorkflowKey alias/MainJob @way
        $updated = Update-IBWorkflowProtection "$folder/build.yml.encrypted" -WorkflowArn $workflow -Unsigned -RoleArn $role @way
        $null = Unprotect-IBWorkflow "$folder/build.yml.encrypted" -WorkflowArn $workflow -RoleArn $role -Destination "$folder/open/" @way
        $made.AuditEvent.EventName, $made.AuditEvent.Principal, $made.AuditEvent.WorkflowArn, ($made.AuditEvent.KeyArn -eq $key.Arn)
        $open.Text, $open.AuditEvent.EventName, $open.AuditEvent.Principal
        $described.RotationPeriodInDays, ($described.Arn -eq $key.Arn), $updated.IsSigned
        """;

    private readonly Scenario _scenario = new(engine);

    public void Dispose()
    {
        engine.Run("Stop-IBLocalKms").NoErrors();
        _scenario.Dispose();
    }

    [Theory]
    [InlineData("$way = $kms\n")]
    [InlineData(OverHttp + "$way = $aws\n")]
    public void The_main_job_is_the_same_on_a_local_KMS_and_over_HTTP(string way)
    {
        ScriptResult result = _scenario.Run(way + MainJob).NoErrors();
        const string Session = "arn:aws:sts::111122223333:assumed-role/YourImageBuilderExecutionRole/ImageBuilderDataProtection";
        Assert.Equal(
            ["GenerateDataKey", Session, Scenario.Workflow, true, Scenario.Document, "Decrypt", Session, 365, true, false],
            result.Output.Select(static value => value.BaseObject));
        Assert.Equal(["build.yml", "build.yml.encrypted", "open/build.yml"], _scenario.Files);
    }

    [Fact]
    public void The_audit_event_of_AWS_is_marked_as_the_clients_view()
    {
        ScriptResult result = _scenario.Run(OverHttp + """
            $made = Protect-IBWorkflow "$folder/build.yml" -KeyId alias/ExampleKMSKey -WorkflowArn $workflow -RoleArn $role @aws
            $made.AuditEvent.IsClientView
            $made.AuditEvent.UserAgent
            $own = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | Where-Object RequestId -eq $made.AuditEvent.RequestId
            $own.IsClientView
            $own.EventName
            """).NoErrors();
        Assert.Equal(true, result.Output[0].BaseObject);
        Assert.Contains("ImageBuilderDataProtection", (string)result.Output[1].BaseObject, StringComparison.Ordinal);
        Assert.Equal([false, "GenerateDataKey"], result.Output.Skip(2).Select(static value => value.BaseObject));
    }

    [Fact]
    public void A_batch_goes_on_after_a_refusal_that_names_its_input_AWSs_code_and_the_request()
    {
        _scenario.Folder.Write("two.yml", "two");
        ScriptResult result = _scenario.Run(OverHttp + """
            "$folder/build.yml", "$folder/two.yml" | Protect-IBWorkflow -KeyId alias/absent -WorkflowArn $workflow @aws
            "$folder/build.yml" | Protect-IBWorkflow -KeyId alias/ExampleKMSKey -WorkflowArn $workflow -RoleArn $role @aws | ForEach-Object SourcePath
            """);
        Assert.Equal(2, result.Errors.Count);
        Assert.Equal(_scenario.Folder["build.yml"], result.Output.Single().BaseObject);
        Assert.All(result.Errors, error =>
        {
            Assert.StartsWith("NotFoundException,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Matches("^\"[^\"]+\\.yml\": GenerateDataKey with alias/absent failed: .+ \\(NotFoundException, request id [0-9a-f-]{36}\\); check the key's name", error.ToString());
        });
        Assert.Equal(["build.yml", "build.yml.encrypted", "two.yml"], _scenario.Files);
    }

    [Fact]
    public void Parameters_have_the_aliases_of_AWS_Tools_and_secrets_may_be_secure_strings()
    {
        Assert.Equal("alias/ExampleKMSKey", _scenario.Run(OverHttp + """
            $secret = [securestring]::new()
            $endpoint.Credentials.SecretAccessKey.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
            $null = Get-IBWorkflowKey alias/ExampleKMSKey -AK $aws.AccessKey -SK $aws.SecretKey -RegionToCall us-west-2 -EndpointUrl $aws.EndpointUrl
            (Get-IBWorkflowKey alias/ExampleKMSKey -AccessKey $aws.AccessKey -SecretAccessKey $secret -Region us-west-2 -EndpointUrl $aws.EndpointUrl).Aliases
            """).Only().BaseObject);
        Assert.StartsWith("ProfileNotFound,", _scenario.Run("Get-IBWorkflowKey alias/x -Region us-west-2 -StoredCredentials none").Error().FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("ProfileNotFound,", _scenario.Run("Get-IBWorkflowKey alias/x -Region us-west-2 -AWSProfileName none").Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Session_defaults_are_set_the_PowerShell_way() => Assert.Equal("alias/ExampleKMSKey", _scenario.Run(OverHttp + """
        $PSDefaultParameterValues = @{}
        foreach ($name in $aws.Keys) { $PSDefaultParameterValues["*-IBWorkflow*:$name"] = $aws[$name] }
        (Get-IBWorkflowKey alias/ExampleKMSKey).Aliases
        """).Only().BaseObject);

    [Theory]
    [InlineData("-ProfileName p", "-ProfileName")]
    [InlineData("-AccessKey a -SecretKey b -SessionToken c", "-AccessKey, -SecretKey, -SessionToken")]
    [InlineData("-EndpointUrl http://127.0.0.1:1 -UseFipsEndpoint", "-EndpointUrl, -UseFipsEndpoint")]
    [InlineData("-ExternalId x -TimeoutSec 5", "-ExternalId, -TimeoutSec")]
    public void What_only_AWS_understands_is_refused_with_a_local_KMS(string parameters, string named)
    {
        ScriptResult result = _scenario.Run("Get-IBWorkflowKey alias/ExampleKMSKey @kms " + parameters);
        ProtectTests.AssertError(result.Error(), "AwsParameterWithLocalKms", ErrorCategory.InvalidArgument, "alias/ExampleKMSKey");
        Assert.StartsWith(named + " cannot be used with -LocalKms", result.Error().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Region us-west-2 -EndpointUrl http://kms.example.com -AccessKey a -SecretKey b", "InsecureEndpoint", ErrorCategory.InvalidArgument)]
    [InlineData("-Region us-west-2 -AccessKey a", "IncompleteKeys", ErrorCategory.InvalidArgument)]
    [InlineData("-Region us-west-2 -RoleSessionName x", "RoleArnMissing", ErrorCategory.InvalidArgument)]
    [InlineData("-Region us-west-2 -RoleArn arn:aws:iam::111122223333:user/u", "NotARole", ErrorCategory.InvalidArgument)]
    [InlineData("-AccessKey a -SecretKey b", "RegionUnknown", ErrorCategory.InvalidArgument)]
    [InlineData("-Region us-west-2", "CredentialsMissing", ErrorCategory.PermissionDenied)]
    [InlineData("-ProfileName mfa", "MfaCodeNeeded", ErrorCategory.PermissionDenied)]
    [InlineData("-Region us-west-2 -EndpointUrl https://kms.invalid -AccessKey a -SecretKey b", "EndpointNotFound", ErrorCategory.ResourceUnavailable)]
    public void What_is_wrong_on_the_way_to_AWS_is_one_error(string parameters, string errorId, ErrorCategory category)
    {
        ScriptResult result = _scenario.Run("Get-IBWorkflowKey alias/ExampleKMSKey " + parameters);
        ProtectTests.AssertError(result.Error(), errorId, category, "alias/ExampleKMSKey");
        Assert.DoesNotContain('\n', result.Error().ToString());
    }

    [Fact]
    public void A_time_limit_ends_a_call_without_an_answer()
    {
        using TcpListener silent = Listen();
        ScriptResult result = _scenario.Run($"Get-IBWorkflowKey alias/ExampleKMSKey -Region us-west-2 -EndpointUrl {Url(silent)} -AccessKey a -SecretKey b -TimeoutSec 1");
        ProtectTests.AssertError(result.Error(), "TimedOut", ErrorCategory.ResourceUnavailable, "alias/ExampleKMSKey");
        Assert.Contains("within 1 second", result.Error().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_a_command_that_waits_for_AWS_leaves_no_file()
    {
        using TcpListener silent = Listen();
        using PowerShell shell = engine.Shell(
            "param($folder, $url, $workflow) Protect-IBWorkflow \"$folder/build.yml\" -KeyId alias/x -WorkflowArn $workflow -Region us-west-2 -EndpointUrl $url -AccessKey a -SecretKey b -TimeoutSec 3600",
            ("folder", _scenario.Folder.Path), ("url", Url(silent)), ("workflow", Scenario.Workflow));
        Task<PSDataCollection<PSObject>> running = shell.InvokeAsync();
        using TcpClient asked = await silent.AcceptTcpClientAsync();
        await shell.StopAsync(null, null);
        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Equal(["build.yml"], _scenario.Files);
    }

    [Fact]
    public async Task The_code_of_an_MFA_device_is_asked_for_in_the_host()
    {
        using TcpListener sts = Listen();
        var screen = new StringWriter();
        using Runspace runspace = RunspaceFactory.CreateRunspace(new AskingHost("123456", screen), InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript("param($module, $url) Import-Module $module; Get-IBWorkflowKey alias/x -ProfileName mfa -EndpointUrl $url")
            .AddParameter("module", TestPaths.Module).AddParameter("url", Url(sts));
        Task<PSDataCollection<PSObject>> running = shell.InvokeAsync();

        using TcpClient asked = await sts.AcceptTcpClientAsync();
        using var reader = new StreamReader(asked.GetStream());
        var request = new System.Text.StringBuilder();
        char[] buffer = new char[4096];
        while (!request.ToString().Contains("TokenCode=123456", StringComparison.Ordinal))
        {
            int length = await reader.ReadAsync(buffer);
            Assert.NotEqual(0, length);
            request.Append(buffer, 0, length);
        }

        await shell.StopAsync(null, null);
        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);
        Assert.Contains("Action=AssumeRole", request.ToString(), StringComparison.Ordinal);
        Assert.Contains("MFA device arn:aws:iam::111122223333:mfa/device", screen.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("123456", screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_secret_is_in_what_a_command_says()
    {
        ScriptResult result = _scenario.Run(OverHttp + """
            $secret = 'a/secret+that=is/never/shown'
            $aws.SecretKey = $secret
            Get-IBWorkflowKey alias/ExampleKMSKey @aws -SessionToken $secret -Verbose -Debug 4>&1 5>&1
            $global:Error | ForEach-Object { $_.ToString(); $_.Exception.ToString() }
            """);
        ErrorRecord error = Assert.Single(result.Errors);
        string said = string.Join('\n', result.Output.Append(error.ToString()).Append(error.Exception.ToString())) + result.HostText;
        Assert.DoesNotContain("never/shown", said, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.PermissionDenied, error.CategoryInfo.Category);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static string Url(TcpListener listener) => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
}
