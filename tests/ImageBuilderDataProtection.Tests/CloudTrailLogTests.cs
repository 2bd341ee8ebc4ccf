using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class CloudTrailLogTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private readonly Scenario _scenario = new(engine);

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void The_trail_of_a_local_KMS_is_tested_up_to_now()
    {
        ProtectTests.AssertError(
            _scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms").Error(), "NoDigestFiles", ErrorCategory.ObjectNotFound, _scenario.Folder["kms"]);
        Assert.Empty(_scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms -WriteDigest").NoErrors().Output);
        Assert.Equal(
            ["DigestFile Valid", "LogFile Valid", "LogFile Valid", "LogFile Valid"],
            _scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms -IncludeValid | ForEach-Object { \"$($_.Kind) $($_.Status)\" }").NoErrors().Output.Select(static line => line.ToString()));
        Assert.Equal(true, _scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms -Quiet").Only().BaseObject);
    }

    [Fact]
    public void WhatIf_writes_no_digest_file()
    {
        _scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms -WriteDigest -WhatIf");
        Assert.DoesNotContain(_scenario.Folder.Files, static file => file.Contains("CloudTrail-Digest", StringComparison.Ordinal));
    }

    [Fact]
    public void A_copy_of_a_trail_is_tested_with_the_public_key()
    {
        _scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms -WriteDigest").NoErrors();
        const string Test = "$key = \"$folder/kms/public-keys.json\"; Test-IBCloudTrailLog \"$folder/kms/trail\" -PublicKeyPath $key";
        Assert.Empty(_scenario.Run(Test).NoErrors().Output);
        Assert.Equal(true, _scenario.Run(Test + " -Quiet").Only().BaseObject);
        Assert.Equal(4, _scenario.Run("[System.IO.DirectoryInfo]::new(\"$folder/kms/trail\") | Test-IBCloudTrailLog -PublicKeyPath \"$folder/kms/public-keys.json\" -IncludeValid").NoErrors().Output.Count);
        Assert.Equal(4, _scenario.Run("Test-IBCloudTrailLog -LiteralPath \"$folder/kms/trail\" -PublicKeyPath \"$folder/kms/public-keys.json\" -IncludeValid").NoErrors().Output.Count);

        string record = _scenario.Folder.Files.First(static file => file.Contains("_CloudTrail_", StringComparison.Ordinal));
        File.WriteAllText(_scenario.Folder[record], "changed");
        PSObject problem = _scenario.Run(Test).NoErrors().Only();
        Assert.Equal(Path.GetFullPath(_scenario.Folder[record]), problem.Properties["File"].Value);
        Assert.Equal("Invalid", problem.Properties["Status"].Value.ToString());
        Assert.NotNull(problem.Properties["UnprovenSince"].Value);
        Assert.Equal(false, _scenario.Run(Test + " -Quiet").Only().BaseObject);
        foreach (string times in new[] { "-StartTime 2001-01-01 -EndTime 2001-01-02", "-StartTime ([datetimeoffset]'2001-01-01Z') -EndTime ([datetimeoffset]'2001-01-02Z')" })
        {
            ProtectTests.AssertError(_scenario.Run($"{Test} {times}").Error(), "NoDigestFiles", ErrorCategory.ObjectNotFound, _scenario.Folder["kms/trail"]);
        }
    }

    [Fact]
    public void What_cannot_be_tested_is_an_error_and_the_rest_goes_on()
    {
        _scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms -WriteDigest").NoErrors();
        ScriptResult result = _scenario.Run("Test-IBCloudTrailLog \"$folder/none\", $folder, \"$folder/build.yml\" -PublicKeyPath \"$folder/kms/public-keys.json\" -Quiet");
        Assert.Equal(2, result.Errors.Count);
        ProtectTests.AssertError(result.Errors[0], "FileNotFound", ErrorCategory.ObjectNotFound, _scenario.Folder["none"]);
        ProtectTests.AssertError(result.Errors[1], "FolderNotFound", ErrorCategory.ObjectNotFound, _scenario.Folder["build.yml"]);
        Assert.Equal(false, result.Output.Single().BaseObject);
        Assert.Contains(
            "InvalidPublicKeyFile",
            _scenario.Run("try { Test-IBCloudTrailLog $folder -PublicKeyPath \"$folder/build.yml\" } catch { $_.FullyQualifiedErrorId }").Only().ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Its_view_fits_80_columns_and_cuts_nothing_off()
    {
        _scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms -WriteDigest").NoErrors();
        foreach (string file in _scenario.Folder.Files.Where(static file => file.EndsWith(".json.gz", StringComparison.Ordinal)))
        {
            File.WriteAllText(_scenario.Folder[file], "changed");
        }

        string[] shown = _scenario.Show("Test-IBCloudTrailLog -LocalKms $kms.LocalKms").TrimEnd().Split('\n');
        string[] lines = [.. shown.Where(static line => !line.StartsWith("   Folder: ", StringComparison.Ordinal))];
        Assert.Contains("Invalid", lines.Select(static line => line.TrimEnd()));
        Assert.Contains(lines, static line => line.StartsWith("    The digest file is no gzip data. Unproven: the first to 2", StringComparison.Ordinal));
        Assert.All(lines, static line => Assert.True(line.Length <= 80 && !line.Contains('…'), line));
    }
}
