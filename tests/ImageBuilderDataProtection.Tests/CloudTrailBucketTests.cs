using System.Management.Automation;
using System.Text;
using System.Text.Json;
using ImageBuilderDataProtection.Tests.Kms.Aws.Buckets;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>A bucket with log files, which here is one on loopback with the trail of a local KMS in it.</summary>
public sealed class CloudTrailBucketTests : IClassFixture<Engine>, IDisposable
{
    private const string Test = "Test-IBCloudTrailLog -S3Uri s3://local-kms @aws";

    // No test waits that long, unless it fails.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    // A trail tells the bucket that it was delivered to; that of a local KMS tells this name.
    private readonly S3Stub _bucket = new() { Name = "local-kms" };
    private readonly Scenario _scenario;

    public CloudTrailBucketTests(Engine engine)
    {
        _scenario = new Scenario(engine);
        _scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms -WriteDigest").NoErrors();
        string trail = _scenario.Folder["kms/trail"] + Path.DirectorySeparatorChar;
        foreach (string file in Directory.GetFiles(trail, "*", SearchOption.AllDirectories))
        {
            string key = file[trail.Length..].Replace(Path.DirectorySeparatorChar, '/');
            if (!key.EndsWith(".metadata.json", StringComparison.Ordinal))
            {
                _bucket.Objects[key] = File.ReadAllBytes(file);
                continue;
            }

            JsonElement metadata = JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("Metadata");
            _bucket.Metadata[key[..^".metadata.json".Length]] = metadata.EnumerateObject().ToDictionary(static item => item.Name, static item => item.Value.GetString()!);
        }
    }

    public void Dispose()
    {
        _scenario.Dispose();
        _bucket.Dispose();
    }

    [Fact]
    public void A_bucket_is_tested_with_a_file_of_public_keys()
    {
        Assert.Empty(Run(Test + " -PublicKeyPath $key").NoErrors().Output);
        PSObject[] files = [.. Run(Test + " -PublicKeyPath $key -IncludeValid").NoErrors().Output];
        Assert.Equal(_bucket.Objects.Keys.Select(static key => $"s3://local-kms/{key}"), files.Select(static file => (string)file.Properties["File"].Value).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(_bucket.Requests, static request => request.Method == "POST");

        string log = LogFiles()[0];
        _bucket.Objects[log] = "changed"u8.ToArray();
        PSObject problem = Run(Test + " -PublicKeyPath $key").NoErrors().Only();
        Assert.Equal(("Invalid", $"s3://local-kms/{log}"), (problem.Properties["Status"].Value.ToString(), problem.Properties["File"].Value));
        Assert.Equal(false, Run(Test + " -PublicKeyPath $key -Quiet").Only().BaseObject);

        string[] shown = Show(Test + " -PublicKeyPath $key").Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains($"Folder: s3://local-kms/{log[..log.LastIndexOf('/')]}", shown);
        Assert.Contains(log[(log.LastIndexOf('/') + 1)..], string.Concat(shown), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_one_CloudTrail_is_asked_and_for_a_folder_only_where_that_is_meant()
    {
        _bucket.Otherwise = request => request.Method == "POST"
            ? new S3StubAnswer(200, Encoding.UTF8.GetBytes(File.ReadAllText(_scenario.Folder["kms/public-keys.json"])), "application/x-amz-json-1.1")
            : null;
        Assert.Equal(true, Run(Test + " -Quiet").NoErrors().Only().BaseObject);
        Assert.Equal(1, _bucket.Requests.Count(static request => request.Method == "POST"));
        Assert.Equal(true, Run("Test-IBCloudTrailLog \"$folder/kms/trail\" -Quiet @aws").NoErrors().Only().BaseObject);
        Assert.Equal(2, _bucket.Requests.Count(static request => request.Method == "POST"));

        Assert.StartsWith("PublicKeysMissing,", Caught("Test-IBCloudTrailLog \"$folder/kms/trail\""), StringComparison.Ordinal);
        Assert.StartsWith("AwsParameterWithPath,", Caught("Test-IBCloudTrailLog \"$folder/kms/trail\" -PublicKeyPath $key @aws"), StringComparison.Ordinal);
        Assert.StartsWith("AwsParameterWithLocalKms,", Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms @aws").Error().FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, _bucket.Requests.Count(static request => request.Method == "POST"));
    }

    [Fact]
    public void A_region_narrows_every_kind_of_input()
    {
        Assert.Equal(true, Run(Test + " -PublicKeyPath $key -Region us-west-2 -Quiet").NoErrors().Only().BaseObject);
        foreach (string input in (string[])["-S3Uri s3://local-kms @aws -PublicKeyPath $key", "\"$folder/kms/trail\" -PublicKeyPath $key", "-LocalKms $kms.LocalKms"])
        {
            Assert.StartsWith("NoDigestFiles,", Run($"Test-IBCloudTrailLog {input} -Region eu-west-1").Error().FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_cannot_be_tested_is_an_error_and_the_rest_goes_on()
    {
        ScriptResult result = Run("Test-IBCloudTrailLog -S3Uri https://amzn-s3-demo-bucket, s3://local-kms2, s3://local-kms -PublicKeyPath $key -IncludeValid @aws");
        Assert.Equal(2, result.Errors.Count);
        ProtectTests.AssertError(result.Errors[0], "InvalidS3Uri", ErrorCategory.InvalidArgument, "https://amzn-s3-demo-bucket");
        ProtectTests.AssertError(result.Errors[1], "NoSuchBucket", ErrorCategory.ObjectNotFound, "s3://local-kms2");
        Assert.Equal(_bucket.Objects.Count, result.Output.Count);
    }

    [Fact]
    public void The_events_of_a_bucket_are_those_of_the_trail_and_what_cannot_be_read_is_one_error()
    {
        string[] trail = [.. Run("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms -AllKmsEvents | ForEach-Object EventId").NoErrors().Output.Select(static id => id.ToString())];
        const string Read = "Get-IBKmsAuditEvent -S3Uri s3://local-kms/AWSLogs -AllKmsEvents -ThrottleLimit 1 @aws";
        Assert.Equal(trail, Run(Read + " | ForEach-Object EventId").NoErrors().Output.Select(static id => id.ToString()));
        Assert.Equal($"s3://local-kms/{LogFiles()[0]}", Run(Read + " -First 1 | ForEach-Object SourceFile").NoErrors().Only().ToString());

        string denied = LogFiles()[1];
        _bucket.Otherwise = request => request.Key == denied ? S3StubAnswer.Error(403, "AccessDenied", "Access Denied") : null;
        ScriptResult result = Run(Read);
        Assert.Equal(trail.Length - 1, result.Output.Count);
        ProtectTests.AssertError(result.Error(), "AccessDenied", ErrorCategory.PermissionDenied, $"s3://local-kms/{denied}");

        _bucket.Otherwise = request => request.Key == denied ? new S3StubAnswer(200, _bucket.Objects[denied]) { BreaksAfter = 20 } : null;
        result = Run(Read);
        Assert.Equal(trail.Length - 1, result.Output.Count);
        Assert.Contains($"\"s3://local-kms/{denied}\" could not be read: the connection broke after 20 of", result.Error().Exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("PrefixNotFound,", Run("Get-IBKmsAuditEvent -S3Uri s3://local-kms/none @aws").Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void The_results_are_the_same_however_many_files_are_read_at_a_time()
    {
        string[] logs = LogFiles();
        _bucket.Objects.Remove(logs[0]);
        _bucket.Objects[logs[1]] = "changed"u8.ToArray();
        foreach (string input in (string[])["-S3Uri s3://local-kms @aws -PublicKeyPath $key", "-LocalKms $kms.LocalKms"])
        {
            string[] one = Results(1);
            Assert.Equal(4, one.Length);
            Assert.Equal(one, Results(8));

            string[] Results(int limit) =>
                [.. Run($"Test-IBCloudTrailLog {input} -IncludeValid -ThrottleLimit {limit} | ForEach-Object {{ \"$_\" }}").NoErrors().Output.Select(static line => line.ToString())];
        }

        foreach (int limit in (int[])[0, 257])
        {
            Assert.StartsWith("ParameterArgumentValidationError", Run($"{Test} -ThrottleLimit {limit}").Error().FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stopping_a_test_ends_it_and_drops_what_is_in_flight()
    {
        string[] logs = LogFiles();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int count = 0;
        _bucket.Otherwise = request => logs.Contains(request.Key) ? new S3StubAnswer(200, _bucket.Objects[request.Key]) { StallsAfter = 10 } : null;
        _bucket.Hold = request => Task.FromResult(logs.Contains(request.Key) && Interlocked.Increment(ref count) == 3 && asked.TrySetResult());
        using PowerShell shell = _scenario.Shell(Preamble + Test + " -PublicKeyPath $key -IncludeValid -ThrottleLimit 3 | ForEach-Object { $_ }");
        Task<PSDataCollection<PSObject>> running = shell.InvokeAsync();
        await asked.Task.WaitAsync(Long);
        await shell.StopAsync(null, null).WaitAsync(Long);
        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);
        await _bucket.Dropped.Task.WaitAsync(Long);
    }

    [Fact]
    public async Task A_pipeline_that_has_enough_ends_the_test_and_drops_what_is_in_flight()
    {
        string[] logs = LogFiles();
        _bucket.Otherwise = request => logs[1..].Contains(request.Key) ? new S3StubAnswer(200, _bucket.Objects[request.Key]) { StallsAfter = 10 } : null;
        ScriptResult result = await Task.Run(() => Run($"& {{ foreach ($once in 1) {{ {Test} -PublicKeyPath $key -IncludeValid -ThrottleLimit 3 | ForEach-Object {{ if ($_.Kind -eq 'LogFile') {{ $_.File; break }} }} }} }}")).WaitAsync(Long);
        Assert.Equal($"s3://local-kms/{logs[0]}", result.NoErrors().Only().ToString());
        await _bucket.Dropped.Task.WaitAsync(Long);
    }

    private string[] LogFiles() => [.. _bucket.Objects.Keys.Where(static key => key.Contains("/CloudTrail/", StringComparison.Ordinal))];

    private ScriptResult Run(string script) => _scenario.Run(Preamble + script);

    private string Show(string script) => _scenario.Show(Preamble + script);

    private string Caught(string script) => Run($"try {{ {script} }} catch {{ $_.FullyQualifiedErrorId }}").Only().ToString();

    private string Preamble => $$"""
        $key = "$folder/kms/public-keys.json"
        $aws = @{ EndpointUrl = '{{_bucket.Url}}'; AccessKey = 'AKIAEXAMPLEKEY000000'; SecretKey = 'secret' }

        """;
}
