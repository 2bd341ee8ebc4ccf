using System.IO.Compression;
using System.Management.Automation;
using System.Text;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Get-IBKmsAuditEvent on files: what is asked for, in which order, and how it stops.</summary>
public sealed class AuditFilterTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private const string Build = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web/1.0.0/*";
    private const string Test = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/test/web/1.0.0/*";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "1 2 3 4")]
    [InlineData("-WorkflowArn '*:WORKFLOW/build/*'", "1 3")]
    [InlineData("-WorkflowArn '*:workflow/test/*', '*/none/*'", "2 4")]
    [InlineData("-Principal arn:aws:iam::111122223333:role/Builds", "1 2")]
    [InlineData("-Principal '*role/T*'", "3 4")]
    [InlineData("-Principal role/Tests", "3 4")]
    [InlineData("-Principal 111122223333:role/Builds", "1 2")]
    [InlineData("-WorkflowArn test/*, none/*", "2 4")]
    [InlineData("-InvokedBy image*", "1 3")]
    [InlineData("-Denied", "4")]
    [InlineData("-EventName encrypt, decrypt", "1 2 4")]
    [InlineData("-First 3", "1 2 3")]
    [InlineData("-First 1 -WorkflowArn '*/test/*'", "2")]
    [InlineData("-Region eu-west-1", "3")]
    [InlineData("-StartTime 2026-03-02T00:00:00Z -EndTime 2026-03-03T00:00:00Z", "2 3")]
    [InlineData("-StartTime ([datetimeoffset]'2026-03-02T15:00:00+05:00') -EndTime ([datetimeoffset]'2026-03-02T02:00:00-08:00')", "2 3")]
    [InlineData("-StartTime ([datetimeoffset]'2026-03-02T15:00:01+05:00')", "4")]
    [InlineData("-EndTime ([datetimeoffset]'2026-03-02T01:59:59-08:00')", "1")]
    [InlineData("-AllKmsEvents -EventName DescribeKey", "5")]
    [InlineData("-EventId 5, 1", "1 5")]
    public void What_is_asked_for_is_read(string parameters, string expected)
    {
        WriteTrail();
        foreach (string source in new[] { "$folder/trail", "$folder/trail/*", "$folder/trail -ThrottleLimit 1" })
        {
            string script = $"param($folder) Get-IBKmsAuditEvent {source} {parameters} | ForEach-Object EventId";
            Assert.Equal(expected, string.Join(' ', engine.Run(script, ("folder", _folder.Path)).NoErrors().Output));
        }
    }

    [Theory]
    [InlineData("-InvokedBy '(none)'", "2 4 6")]
    [InlineData("-InvokedBy '(direct)' -AllKmsEvents", "2 4 5 6")]
    [InlineData("-WorkflowArn '(none)'", "5")]
    [InlineData("-WorkflowArn '(no workflow)', test/*", "2 4 5")]
    [InlineData("-WorkflowArn '(hidden)', '(hidden workflow)'", "6")]
    [InlineData("-Principal '(none)'", "6")]
    [InlineData("-Principal '(no principal)', role/Tests", "3 4 6")]
    public void What_counts_show_for_what_is_not_there_or_withheld_is_taken(string parameters, string expected)
    {
        WriteTrail();
        _folder.Write("trail/4.json", "{\"eventVersion\":\"1.11\",\"eventTime\":\"2026-03-05T10:00:00Z\",\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"CreateGrant\",\"requestParameters\":\"HIDDEN_DUE_TO_SECURITY_REASONS\",\"eventID\":\"6\"}");
        Assert.Equal(expected, string.Join(' ', engine.Run($"param($folder) Get-IBKmsAuditEvent $folder/trail {parameters} | ForEach-Object EventId", ("folder", _folder.Path)).NoErrors().Output));
    }

    [Theory]
    [InlineData("-EventName Decrypt, Dec*", "InvalidEventName", "Dec*")]
    [InlineData("-Region 'us-*'", "InvalidRegion", "us-*")]
    [InlineData("-KeyId 1234abcd", "InvalidKeyId", "1234abcd")]
    [InlineData("-KeyId alias/x", "KeyIsAlias", "alias/x")]
    [InlineData("-StartTime 2026-02-01Z -EndTime 2026-01-01Z", "InvalidTimeRange", "2026-01-01")]
    public void What_nothing_can_match_is_refused_once_whatever_is_read(string parameters, string errorId, string wrong)
    {
        WriteTrail();
        foreach (string command in new[]
        {
            "Get-IBKmsAuditEvent \"$folder/trail\"", "\"$folder/trail/1.json\", \"$folder/trail/2.jsonl\" | Get-IBKmsAuditEvent",
            "Get-IBKmsAuditEvent -LiteralPath \"$folder/trail/1.json\", \"$folder/none\"", "Get-IBKmsAuditEvent -LocalKms $folder",
            "Get-IBKmsAuditEvent -AsQuery CloudTrailLake",
        })
        {
            ScriptResult result = engine.Run($"param($folder) {command} {parameters}", ("folder", _folder.Path));
            Assert.Empty(result.Output);
            Assert.Equal(errorId, result.Error().FullyQualifiedErrorId.Split(',')[0]);
            Assert.Equal(wrong, result.Error().TargetObject is DateTime time ? $"{time.ToUniversalTime():yyyy-MM-dd}" : result.Error().TargetObject);
        }

        // It ends the command, and can be caught.
        Assert.Empty(engine.Run($"param($folder) try {{ Get-IBKmsAuditEvent \"$folder/trail\" {parameters} }} catch {{ return }} 'went on'", ("folder", _folder.Path)).Output);
    }

    [Theory]
    [InlineData("-Denied", "1 refused call is not shown", "-AllKmsEvents shows it, best")]
    [InlineData("-WorkflowArn build/*", "1 refused call is not shown", "-AllKmsEvents without -WorkflowArn shows it, best")]
    [InlineData("-Denied -AllKmsEvents", null, null)]
    [InlineData("-StartTime 2026-03-06T00:00:00Z", null, null)]
    [InlineData("-First 1", null, null)]
    public void Refused_calls_that_may_have_been_for_a_workflow_are_told_of(string parameters, string? told, string? way)
    {
        WriteTrail();
        _folder.Write("trail/4.json", Record("6", "Decrypt", null, "Tests", day: "05", error: "AccessDenied"));
        ScriptResult result = engine.Run($"param($folder) Get-IBKmsAuditEvent $folder/trail {parameters}", ("folder", _folder.Path)).NoErrors();
        Assert.Equal(told is null ? 0 : 1, result.Warnings.Count);
        Assert.All(result.Warnings, warning => Assert.StartsWith(told!, warning, StringComparison.Ordinal));
        Assert.All(result.Warnings, warning => Assert.Contains(way!, warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Pages_of_an_answer_that_goes_on_are_told_of()
    {
        _folder.Write("pages/1.json", "{\"Events\":[],\"NextToken\":\"abc\"}");
        _folder.Write("pages/2.json", "{\"Events\":[]}");
        ScriptResult result = engine.Run("param($folder) Get-IBKmsAuditEvent $folder/pages", ("folder", _folder.Path)).NoErrors();
        Assert.StartsWith("1 file is a page of an answer that goes on (NextToken)", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_files_and_folders_that_overlap_each_file_is_read_once()
    {
        WriteTrail();
        string script = "param($folder) \"$folder/trail/2.jsonl\", \"$folder/trail\", \"$folder/trail/*.json\" | Get-IBKmsAuditEvent | ForEach-Object EventId";
        Assert.Equal(["3", "4", "1", "2"], engine.Run(script, ("folder", _folder.Path)).NoErrors().Output.Select(static id => (string)id.BaseObject));
    }

    [Theory]
    [InlineData("\"$folder/trail/*\", \"$folder/digests/*\"", "1 2 3 4")]
    [InlineData("\"$folder/*\"", "1 2 3 4")]
    [InlineData("\"$folder/digests/*\"", "")]
    [InlineData("\"$folder/digests\"", "")]
    public void Digest_files_among_log_files_are_passed_over_and_alone_are_an_error(string paths, string expected)
    {
        WriteTrail();
        _folder.Write("digests/111122223333_CloudTrail-Digest_us-west-2_trail_us-west-2_20260301T000000Z.json.gz", "{}");
        _folder.Write("digests/111122223333_CloudTrail-Digest_us-west-2_trail_us-west-2_20260301T000000Z.json.gz.metadata.json", "{}");
        ScriptResult result = engine.Run($"param($folder) {paths} | Get-IBKmsAuditEvent | ForEach-Object EventId", ("folder", _folder.Path));
        Assert.Equal(expected, string.Join(' ', result.Output.OrderBy(static id => (string)id.BaseObject)));
        Assert.Equal(expected.Length > 0 ? [] : ["OnlyDigestFiles"], result.Errors.Select(static error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact]
    public void A_bucket_given_as_a_path_is_told_where_it_belongs()
    {
        ErrorRecord error = engine.Run("Get-IBKmsAuditEvent s3://amzn-s3-demo-bucket/AWSLogs").Error();
        Assert.Equal("InvalidPath", error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains("-S3Uri", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_files_from_the_pipeline_come_in_their_order_with_their_errors()
    {
        for (int i = 0; i < 60; i++)
        {
            _folder.Write($"many/{i:00}.json", i % 10 == 5 ? "{\"Records\":[" : Record($"{i:00}", "Decrypt", Build, "Builds"));
        }

        ScriptResult result = engine.Run("""
            param($folder) [System.IO.DirectoryInfo]::new("$folder/many").GetFiles('*.json') | Get-IBKmsAuditEvent | ForEach-Object EventId
            """, ("folder", _folder.Path));
        Assert.Equal(Enumerable.Range(0, 60).Where(static i => i % 10 != 5).Select(static i => $"{i:00}").Order(), result.Output.Select(static id => id.ToString()!).Order());
        Assert.Equal(6, result.Errors.Count);
        Assert.All(result.Errors, static error => Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category));
        Assert.All(result.Errors, static error => Assert.Equal(error.TargetObject.ToString(), error.Exception.Message.Split('"')[1]));
    }

    [Fact]
    public void A_pipeline_that_has_enough_ends_the_reading()
    {
        for (int i = 0; i < 400; i++)
        {
            _folder.Write($"many/{i:000}.json", string.Join('\n', Enumerable.Range(0, 50).Select(number => Record($"{i}-{number}", "Decrypt", Build, "Builds"))));
        }

        // What stops a pipeline from below is an exception like any other to the cmdlet.
        ScriptResult result = engine.Run("""
            param($folder)
            $global:seen = 0
            & { foreach ($once in 1) { Get-IBKmsAuditEvent "$folder/many" | ForEach-Object { $global:seen++; if ($global:seen -eq 10) { break } } } }
            $global:seen
            """, ("folder", _folder.Path));
        Assert.Equal("10", result.NoErrors().Output.Single().ToString());
    }

    [Fact]
    public void A_long_reading_shows_its_progress_in_bytes()
    {
        var records = new StringBuilder();
        for (int i = 0; i < 4000; i++)
        {
            records.Append(i > 0 ? "," : "").Append(Record($"{i}", "Decrypt", Build, "Builds"));
        }

        string content = $"{{\"Records\":[{records}]}}";
        for (int i = 0; i < 12; i++)
        {
            using var gzip = new GZipStream(File.Create(_folder[$"{i:00}.json.gz"]), CompressionLevel.Fastest);
            gzip.Write(Encoding.UTF8.GetBytes(content));
        }

        ScriptResult result = engine.Run(
            "param($folder) Get-IBKmsAuditEvent $folder -AllKmsEvents -ThrottleLimit 1 | ForEach-Object { [System.Threading.Thread]::SpinWait(3000) }", ("folder", _folder.Path)).NoErrors();
        Assert.Contains(result.Progress, static progress => progress.StatusDescription.Contains(" MB, ", StringComparison.Ordinal) && progress.PercentComplete is >= 0 and <= 100 && progress.SecondsRemaining >= 0);
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
    }

    [Theory]
    [InlineData("-WorkflowArn ''")]
    [InlineData("-First 0")]
    [InlineData("-ThrottleLimit 0")]
    public void What_means_nothing_is_refused(string parameters) =>
        Assert.StartsWith("ParameterArgumentValidationError", engine.Run($"Get-IBKmsAuditEvent ./x {parameters}").Error().FullyQualifiedErrorId, StringComparison.Ordinal);

    private static string Record(string id, string operation, string? workflow, string role, string day = "01", string region = "us-west-2", string? invokedBy = null, string? error = null)
    {
        string caller = invokedBy is null ? "" : $",\"invokedBy\":\"{invokedBy}\"";
        string failure = error is null ? "" : $",\"errorCode\":\"{error}\"";
        string context = workflow is null ? "null" : $"{{\"encryptionContext\":{{\"aws:imagebuilder:arn\":\"{workflow}\"}}}}";
        return "{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/" + role
            + "/s\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"arn\":\"arn:aws:iam::111122223333:role/" + role + "\"}}" + caller
            + "},\"eventTime\":\"2026-03-" + day + "T10:00:00Z\",\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"" + operation
            + "\",\"awsRegion\":\"" + region + "\"" + failure + ",\"requestParameters\":" + context + ",\"eventID\":\"" + id + "\"}";
    }

    private void WriteTrail()
    {
        _folder.Write("trail/1.json", $"{{\"Records\":[{Record("1", "Decrypt", Build, "Builds", invokedBy: "imagebuilder.amazonaws.com")},{Record("2", "Decrypt", Test, "Builds", day: "02")}]}}");
        _folder.Write("trail/2.jsonl", Record("3", "GenerateDataKey", Build, "Tests", day: "02", region: "eu-west-1", invokedBy: "imagebuilder.amazonaws.com") + "\n" + Record("4", "Decrypt", Test, "Tests", day: "03", error: "AccessDenied"));
        _folder.Write("trail/3.json", Record("5", "DescribeKey", null, "Tests", day: "04"));
    }
}
