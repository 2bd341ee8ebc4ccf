using System.IO.Compression;
using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class AuditTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private readonly Scenario _scenario = new Scenario(engine).WithProtected();

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void A_local_KMS_shows_calls_for_workflows_or_all()
    {
        Assert.Equal(
            ["GenerateDataKey"],
            _scenario.Run("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | ForEach-Object EventName").NoErrors().Output.Select(static name => name.ToString()));
        Assert.Equal(["CreateKey", "CreateAlias", "EnableKeyRotation", "GenerateDataKey"], _scenario.Trail());
    }

    [Fact]
    public void Files_folders_wildcards_gzip_and_lines_are_read_the_same()
    {
        string record = (string)_scenario.Run("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms | ForEach-Object ToJson").Only().BaseObject;
        string line = record.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        _scenario.Folder.Write("logs/a [1].json", $"{{\"Records\":[{record}]}}");
        _scenario.Folder.Write("logs/lines.json", line + "\n" + line + "\n");
        using (var gzip = new GZipStream(File.Create(_scenario.Folder["logs/c.json.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes($"{{\"Records\":[{record}]}}"));
        }

        Assert.Equal(4, Count("Get-IBKmsAuditEvent \"$folder/logs\""));
        Assert.Equal(4, Count("Get-IBKmsAuditEvent \"$folder/logs/*\""));
        Assert.Equal(1, Count("Get-IBKmsAuditEvent -LiteralPath \"$folder/logs/a [1].json\""));
        Assert.Equal(3, Count("[System.IO.DirectoryInfo]::new(\"$folder/logs\").GetFiles('*.json') | Get-IBKmsAuditEvent"));
        Assert.Equal(1, Count("Get-IBKmsAuditEvent \"$folder/logs/c.json.gz\""));
        Assert.Equal(
            line,
            ((string)_scenario.Run("Get-IBKmsAuditEvent \"$folder/logs/c.json.gz\" | ForEach-Object ToJson").Only().BaseObject).ReplaceLineEndings(""));

        int Count(string script) => _scenario.Run(script).NoErrors().Output.Count;
    }

    [Fact]
    public void What_cannot_be_read_is_reported_and_the_rest_goes_on()
    {
        _scenario.Folder.Write("bad.json", "{\"Records\":[{");
        ScriptResult result = _scenario.Run("Get-IBKmsAuditEvent \"$folder/none.json\", \"$folder/bad.json\", \"$folder/kms/trail\"");
        Assert.Equal(2, result.Errors.Count);
        ProtectTests.AssertError(result.Errors[0], "FileNotFound", ErrorCategory.ObjectNotFound, _scenario.Folder["none.json"]);
        Assert.Equal(ErrorCategory.InvalidData, result.Errors[1].CategoryInfo.Category);
        Assert.Contains("bad.json", result.Errors[1].ToString(), StringComparison.Ordinal);
        Assert.Single(result.Output);
    }

    [Theory]
    [InlineData("$null | Get-IBKmsAuditEvent")]
    [InlineData("[pscustomobject]@{ Path = $null } | Get-IBKmsAuditEvent")]
    [InlineData("Get-IBKmsAuditEvent $null")]
    [InlineData("Get-IBKmsAuditEvent \"$folder/kms/trail\", $null")]
    public void No_path_is_refused_in_a_sentence(string script)
    {
        ScriptResult result = _scenario.Run(script);
        Assert.EndsWith(" 'Path'. What was given is null, which names no file or folder.", result.Error().Exception.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_folder_that_is_no_local_KMS_is_refused()
    {
        ScriptResult result = _scenario.Run("Get-IBKmsAuditEvent -LocalKms $folder");
        ProtectTests.AssertError(result.Error(), "NotALocalKms", ErrorCategory.InvalidArgument, _scenario.Folder.Path);
    }

    [Fact]
    public void A_local_KMS_that_is_not_there_is_one_error()
    {
        ScriptResult result = _scenario.Run("Get-IBKmsAuditEvent -LocalKms \"$folder/none\"");
        ProtectTests.AssertError(result.Error(), "LocalKmsNotFound", ErrorCategory.ObjectNotFound, _scenario.Folder["none"]);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Path = \"$folder/kms/tr*\" }")]
    [InlineData("[pscustomobject]@{ LiteralPath = \"$folder/kms/trail\" }")]
    [InlineData("[pscustomobject]@{ PSPath = \"$folder/kms/trail\" }")]
    public void Paths_come_by_property_name_as_from_a_table(string row)
    {
        Assert.Equal("GenerateDataKey", _scenario.Run(row + " | Get-IBKmsAuditEvent").Only().Properties["EventName"].Value);
        _scenario.Run("Test-IBCloudTrailLog @kms -WriteDigest").NoErrors();
        Assert.Equal(true, _scenario.Run(row + " | Test-IBCloudTrailLog -PublicKeyPath \"$folder/kms/public-keys.json\" -Quiet").Only().BaseObject);
    }

    [Fact]
    public void Its_lists_and_objects_are_one_line_as_text_and_are_used_as_lists_and_objects()
    {
        string context = $"{{\"aws:imagebuilder:arn\":\"{Scenario.Workflow}\"}}";
        Assert.Equal(
            [context, $"{{\"encryptionContext\":{context},", Scenario.Workflow, "True", Scenario.Workflow, Scenario.Workflow, "32", "1", $"aws:imagebuilder:arn={Scenario.Workflow}"],
            _scenario.Run("""
                $record = (Protect-IBWorkflow "$folder/build.yml" -WorkflowArn $workflow @protect -Destination "$folder/unsigned/" -Unsigned).AuditEvent
                "$($record.EncryptionContext)"
                "$($record.RequestParameters)".Substring(0, $record.EncryptionContext.ToString().Length + '{"encryptionContext":,'.Length)
                $record.WorkflowArns.ToString()
                $record.Resources.ToString() -eq $record.KeyArn -and $record.KeyArns.ToString() -eq $record.KeyArn
                $record.EncryptionContext['aws:imagebuilder:arn']
                $record.RequestParameters.encryptionContext.'aws:imagebuilder:arn'
                $record.RequestParameters.numberOfBytes
                $record.EncryptionContext.Keys.Count
                foreach ($pair in $record.EncryptionContext.GetEnumerator()) { "$($pair.Key)=$($pair.Value)" }
                """).NoErrors().Output.Select(static line => line.ToString()));
    }

    [Fact]
    public void Its_parameters_are_found_as_PowerShell_finds_properties() => Assert.Equal(
        ["True", "32", "True", "", Scenario.Workflow],
        _scenario.Run("""
            $record = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms
            $record.RequestParameters.Keys -ccontains 'keyId' -and $record.RequestParameters.Keys -cnotcontains 'KeyId'
            Set-StrictMode -Version Latest
            $record.RequestParameters.NumberOfBytes
            $record.RequestParameters.KeyId -eq $record.RequestParameters['keyid']
            Set-StrictMode -Off
            "$($record.EncryptionContext.'AWS:ImageBuilder:ARN')"
            $record.RequestParameters.EncryptionContext.'aws:imagebuilder:arn'
            """).NoErrors().Output.Select(static line => line.ToString()));

    [Fact]
    public void Its_view_fits_80_columns_and_cuts_nothing_off()
    {
        _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" -PassThru -WorkflowArn $workflow @kms -RoleArn arn:aws:iam::111122223333:role/Other");
        string[] lines = _scenario.Show("Get-IBKmsAuditEvent -LocalKms $kms.LocalKms").TrimEnd().Split('\n');
        Assert.Matches(@"\A   Day \(UTC\): \d{4}-\d\d-\d\d\z", lines[1]);
        Assert.Equal("Time     Event             Principal, workflow                     Result", lines[3].TrimEnd());
        Assert.Matches(@"\A\d\d:\d\d:\d\d GenerateDataKey   YourImageBuilderExecutionRole           OK\z", lines[5].TrimEnd());
        Assert.Equal("                           build/sample-encrypted-workflow/1.0.0/*", lines[6].TrimEnd());
        Assert.Matches(@"\A\d\d:\d\d:\d\d Decrypt           Other                                   AccessDenied\z", lines[7].TrimEnd());
        Assert.All(lines, static line => Assert.True(line.Length <= 80 && !line.Contains('…'), line));
    }

    [Fact]
    public void Its_view_tells_the_account_of_a_caller_from_another_one()
    {
        string shown = _scenario.Show("""
            $json = (Get-IBKmsAuditEvent -LocalKms $kms.LocalKms).ToJson() -replace 'arn:aws:(sts|iam)::111122223333', 'arn:aws:$1::444455556666' -replace 'YourImageBuilderExecutionRole', 'Guest'
            [System.IO.File]::WriteAllText("$folder/other.json", $json)
            Get-IBKmsAuditEvent "$folder/other.json"
            """);
        Assert.Contains(" 444455556666:Guest ", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-IBKmsAuditEvent \"$folder/names.json\"")]
    [InlineData("Get-IBKmsAuditEvent \"$folder/names.json\" | Measure-IBKmsAuditEvent")]
    public void Its_view_lets_no_name_move_the_cursor_or_hide_text(string script)
    {
        string shown = _scenario.Show("""
            $json = (Get-IBKmsAuditEvent -LocalKms $kms.LocalKms).ToJson().Replace('sample-encrypted-workflow', 'a\u001b[2Jb\nc\u202ed')
            [System.IO.File]::WriteAllText("$folder/names.json", $json)

            """ + script);
        Assert.Contains(" build/a\uFFFD[2Jb\uFFFDc\uFFFDd/1.0.0/*", shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', shown);
    }
}
