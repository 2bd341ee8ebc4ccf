using System.Globalization;
using System.IO.Compression;
using System.Management.Automation;
using System.Text;
using ImageBuilderDataProtection.ModuleTests.Faults;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Batches of many workflows against an endpoint behind a faulty network.</summary>
public sealed class FaultTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const int Count = 1000;
    private const int Seed = 189;
    private const string Prefix = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/";

    /// <summary>The SDK's adaptive retry makes three attempts ("Retry behavior" in the AWS SDKs and Tools Reference Guide).</summary>
    private const int MaxAttempts = 3;

    /// <summary>An attempt is sent once more when a connection that was used before breaks.</summary>
    private const int MaxSends = 2;

    private readonly Scenario _scenario = new(engine);

    public void Dispose()
    {
        engine.Run("Stop-IBLocalKms").NoErrors();
        _scenario.Dispose();
    }

    // The seed is such that throttling comes late: by the SDK's adaptive retry, a batch that is throttled at its beginning,
    // when little has been sent, goes on so slowly that it takes minutes.
    [Fact]
    public async Task Every_workflow_is_protected_and_openable_or_reported()
    {
        string[] sources = [.. Enumerable.Range(0, Count).Select(i => _scenario.Folder.Write($"in/w{i:0000}.yml", $"name: w{i}\nof: {Count}\n"))];
        (ProxyFault Fault, int PerMille)[] shares =
        [
            (ProxyFault.Late, 100), (ProxyFault.ResetBefore, 40), (ProxyFault.ResetAfter, 40), (ProxyFault.HalfResponse, 40), (ProxyFault.InternalError, 40),
            (ProxyFault.BadGateway, 30), (ProxyFault.Garbage, 20), (ProxyFault.CutJson, 20), (ProxyFault.Stall, 4), (ProxyFault.Throttling, 2),
        ];
        var plan = new FaultPlan(Seed, shares);
        (string url, string accessKey, string secretKey) = _scenario.StartEndpoint();
        await using var proxy = new FaultyProxy(url, accessKey, secretKey, plan.Choose);
        ScriptResult result = engine.Run(
            """
            param($folder, $files, $url, $access, $secret)
            $files | Protect-IBWorkflow -KeyId alias/ExampleKMSKey -Destination "$folder/out/" -Unsigned `
                -WorkflowArn { "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/$($_.Name -replace '\.yml')/1.0.0/*" } `
                -Region us-west-2 -EndpointUrl $url -AccessKey $access -SecretKey $secret -TimeoutSec 4 -ThrottleLimit 64
            """,
            ("folder", _scenario.Folder.Path), ("files", sources.Select(static source => new FileInfo(source)).ToArray()), ("url", proxy.Url), ("access", accessKey), ("secret", secretKey));

        // Every input is an output or an error, and only once; both come in the order of the inputs.
        string[] done = [.. result.Output.Select(static output => (string)output.Properties["SourcePath"].Value)];
        string[] failed = [.. result.Errors.Select(static error => (string)error.TargetObject)];
        Assert.Equal(sources, done.Concat(failed).Order(StringComparer.Ordinal));
        Assert.Equal(done.Order(StringComparer.Ordinal), done);
        Assert.Equal(failed.Order(StringComparer.Ordinal), failed);
        Assert.NotEmpty(failed);
        Assert.True(done.Length > Count / 2, $"{done.Length} were done.");

        // The files are those that were emitted, whole, and none besides.
        string[] names = [.. done.Select(Path.GetFileName)!];
        Assert.Equal(
            names.Select(static name => $"out/{name}.encrypted").Concat(sources.Select(static source => $"in/{Path.GetFileName(source)}")).Append("build.yml").Order(StringComparer.Ordinal),
            _scenario.Files);
        Assert.Equal(
            done.Select(File.ReadAllText),
            Open(names).Output.Select(static text => (string)text.BaseObject));

        // An error is one line that names its input and says what to do.
        Assert.All(result.Errors, static error =>
        {
            Assert.Matches("^\"[^\"]+\": GenerateDataKey with alias/ExampleKMSKey failed: [^\n]+; [^\n;]+\\.$", error.Exception.Message);
            Assert.Contains(
                error.FullyQualifiedErrorId.Split(',')[0],
                (string[])["ThrottlingException", "KMSInternalException", "Http502", "ConnectionLost", "UnexpectedResponse", "TimedOut"]);
        });

        // One call a workflow, with a bounded number of attempts.
        Assert.All(proxy.Calls.GroupBy(static call => call.Workflow), static calls =>
        {
            Assert.Single(calls.Select(static call => call.Invocation).Distinct());
            Assert.All(calls, static call => Assert.InRange(call.Attempt, 1, MaxAttempts));
            Assert.All(calls.CountBy(static call => call.Attempt), static sends => Assert.InRange(sends.Value, 1, MaxSends));
        });
        Assert.Superset(
            shares.Select(static share => share.Fault).ToHashSet(),
            proxy.Calls.Select(static call => call.Fault).ToHashSet());
    }

    [Fact]
    public async Task No_stream_holds_a_secret_whatever_the_network_does()
    {
        const string Confidential = "a-document-nobody-else-may-read";
        ProxyFault[] faults = Enum.GetValues<ProxyFault>();
        FileInfo[] sources = [.. faults.Select((fault, i) => new FileInfo(_scenario.Folder.Write($"in/w{i:0000}.yml", $"name: {Confidential}-{i}\n")))];
        (string url, string accessKey, string secretKey) = _scenario.StartEndpoint();
        await using var proxy = new FaultyProxy(url, accessKey, secretKey, (workflow, _) => faults[int.Parse(workflow.Split("/w")[^1][..4], CultureInfo.InvariantCulture)]);
        const string Token = "session-token+of/nobody==";
        ScriptResult result = engine.Run(
            """
            param($folder, $files, $url, $access, $secret, $token)
            $aws = @{ Region = 'us-west-2'; EndpointUrl = $url; AccessKey = $access; SecretKey = $secret; TimeoutSec = 4; Verbose = $true; Debug = $true }
            $arn = { "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/$($_.Name -replace '\.yml.*')/1.0.0/*" }
            $global:DebugPreference = 'Continue'
            function Say {
                process {
                    $_.ToString()
                    foreach ($property in $_.PSObject.Properties) { "$($property.Name)=$($property.Value)" }
                    if ($_.AuditEvent) { $_.AuditEvent.ToJson() }
                    if ($_.PSObject.Properties['AuditEvents']) { $_.AuditEvents | ForEach-Object { $_.ToJson() } }
                    if ($_.Exception) { for ($e = $_.Exception; $e; $e = $e.InnerException) { $e.ToString(); foreach ($p in $e.PSObject.Properties) { "$($p.Name)=$($p.Value)" } } }
                }
            }
            $files | Protect-IBWorkflow -KeyId alias/ExampleKMSKey -Destination "$folder/out/" -WorkflowArn $arn @aws *>&1 | Say
            $files | Protect-IBWorkflow -KeyId alias/ExampleKMSKey -Destination "$folder/no/" -WorkflowArn $arn @aws -SessionToken $token *>&1 | Say
            [IO.Directory]::GetFiles("$folder/out") | ForEach-Object { [IO.FileInfo]$_ } | Unprotect-IBWorkflow -Destination "$folder/open/" -WorkflowArn $arn @aws *>&1 | Say
            $global:Error | Say
            """,
            ("folder", _scenario.Folder.Path), ("files", sources), ("url", proxy.Url), ("access", accessKey), ("secret", secretKey), ("token", Token));

        string said = string.Join('\n', result.Output.Concat(result.Errors.Select(static error => (PSObject)error.Exception.ToString()))) + result.HostText +
            string.Join('\n', result.Warnings) + string.Join('\n', result.Progress.Select(static progress => progress.StatusDescription));
        Assert.Contains("Performing the operation", said, StringComparison.Ordinal);
        Assert.Contains("\"eventName\": \"Decrypt\"", said, StringComparison.Ordinal);
        Assert.Contains("ValidationException", said, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(_scenario.Folder["open"]));
        Assert.True(proxy.DataKeys.Count > faults.Length, $"{proxy.DataKeys.Count} data keys were handed on.");
        string trail = string.Concat(Directory.GetFiles(_scenario.Folder["kms/trail"], "*.gz", SearchOption.AllDirectories).Select(ReadTrail));
        string[] secrets =
        [
            secretKey, Token, Confidential, .. proxy.DataKeys,
            .. proxy.DataKeys.Select(static key => Convert.ToHexString(Convert.FromBase64String(key))),
            .. new[] { secretKey, Token, Confidential }.Select(static secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))),
        ];
        Assert.All(secrets, secret =>
        {
            Assert.DoesNotContain(secret, said, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(secret, trail, StringComparison.OrdinalIgnoreCase);
        });
    }

    private static string ReadTrail(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private ScriptResult Open(string[] names) => engine.Run(
        """
        param($folder, $files)
        $files | Unprotect-IBWorkflow -LocalKms "$folder/kms" -Region us-west-2 -PassThru -WorkflowArn {
            "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/$($_.Name -replace '\.yml.*')/1.0.0/*"
        } | ForEach-Object Text
        """,
        ("folder", _scenario.Folder.Path), ("files", names.Select(name => new FileInfo(_scenario.Folder[$"out/{name}.encrypted"])).ToArray())).NoErrors();
}
