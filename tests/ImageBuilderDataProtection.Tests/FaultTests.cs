using System.Management.Automation;
using ImageBuilderDataProtection.ModuleTests.Faults;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Batches of many workflows against an endpoint behind a faulty network.</summary>
public sealed class FaultTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const int Count = 250;
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

    // Four times 250 are a thousand workflows.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_workflow_is_protected_and_openable_or_reported(int seed)
    {
        string[] sources = [.. Enumerable.Range(0, Count).Select(i => _scenario.Folder.Write($"in/w{i:0000}.yml", $"name: w{i}\nseed: {seed}\n"))];
        var plan = new FaultPlan(
            seed,
            (ProxyFault.Late, 100), (ProxyFault.ResetBefore, 40), (ProxyFault.ResetAfter, 40), (ProxyFault.HalfResponse, 40), (ProxyFault.InternalError, 40),
            (ProxyFault.BadGateway, 30), (ProxyFault.Throttling, 4), (ProxyFault.Garbage, 20), (ProxyFault.CutJson, 20), (ProxyFault.Stall, 4));
        (string url, string accessKey, string secretKey) = StartEndpoint();
        await using var proxy = new FaultyProxy(url, accessKey, secretKey, plan.Choose);
        ScriptResult result = engine.Run(
            """
            param($folder, $files, $url, $access, $secret)
            $files | Protect-IBWorkflow -KeyId alias/ExampleKMSKey -Destination "$folder/out/" -Unsigned `
                -WorkflowArn { "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/$($_.Name -replace '\.yml')/1.0.0/*" } `
                -Region us-west-2 -EndpointUrl $url -AccessKey $access -SecretKey $secret -TimeoutSec 3 -ThrottleLimit 32
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
        Assert.Superset(new HashSet<ProxyFault>(Enum.GetValues<ProxyFault>().Except([ProxyFault.Echo])), proxy.Calls.Select(static call => call.Fault).ToHashSet());
        Console.WriteLine($"errors {result.Errors.Count} calls {proxy.Calls.Count} {string.Join(' ', result.Errors.GroupBy(e => e.FullyQualifiedErrorId).Select(g => g.Key + g.Count()))}");
    }

    private ScriptResult Open(string[] names) => engine.Run(
        """
        param($folder, $names)
        foreach ($name in $names) {
            $arn = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/$($name -replace '\.yml')/1.0.0/*"
            (Unprotect-IBWorkflow "$folder/out/$name.encrypted" -WorkflowArn $arn -LocalKms "$folder/kms" -Region us-west-2 -PassThru).Text
        }
        """,
        ("folder", _scenario.Folder.Path), ("names", names)).NoErrors();

    private (string Url, string AccessKey, string SecretKey) StartEndpoint()
    {
        ScriptResult result = _scenario.Run("""
            $endpoint = Start-IBLocalKms "$folder/kms" -AccountId 111122223333
            $endpoint.Url; $endpoint.Credentials.AccessKeyId; $endpoint.Credentials.SecretAccessKey
            """).NoErrors();
        return (result.Output[0].ToString(), result.Output[1].ToString(), result.Output[2].ToString());
    }
}
