using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class ProtectTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private readonly Scenario _scenario = new(engine);

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void A_document_is_protected_beside_itself()
    {
        PSObject result = _scenario.Run("Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @protect").Only();
        Assert.Equal(_scenario.Folder["build.yml.encrypted"], result.Properties["Path"].Value);
        Assert.Equal(_scenario.Folder["build.yml"], result.Properties["SourcePath"].Value);
        Assert.Equal(Scenario.Workflow, result.Properties["ContextWorkflowArn"].Value);
        Assert.Equal(true, result.Properties["IsSigned"].Value);
        Assert.Equal("GenerateDataKey", ((PSObject)PSObject.AsPSObject(result.Properties["AuditEvent"].Value)).Properties["EventName"].Value);
        Assert.Equal(["build.yml", "build.yml.encrypted"], _scenario.Files);
        Assert.Equal(Scenario.Document, File.ReadAllText(_scenario.Folder["build.yml"]));
    }

    [Fact]
    public void A_script_block_gives_each_file_its_own_workflow()
    {
        _scenario.Folder.Write("many/one.yml", "one");
        _scenario.Folder.Write("many/two [x].yml", "two");
        ScriptResult result = _scenario.Run("""
            [System.IO.DirectoryInfo]::new("$folder/many").GetFiles('*.yml') | Protect-IBWorkflow @protect -WorkflowArn {
                "arn:aws:imagebuilder:us-west-2:111122223333:workflow/test/$($_.BaseName.Substring(0, 3))/1.0.0/1"
            }
            """).NoErrors();
        Assert.Equal(
            [
                "arn:aws:imagebuilder:us-west-2:111122223333:workflow/test/one/1.0.0/1",
                "arn:aws:imagebuilder:us-west-2:111122223333:workflow/test/two/1.0.0/1",
            ],
            result.Output.Select(static one => (string)one.Properties["ContextWorkflowArn"].Value).Order(StringComparer.Ordinal));
        Assert.Contains("many/two [x].yml.encrypted", _scenario.Files);
    }

    [Fact]
    public void Wildcards_are_expanded_in_Path_but_not_in_LiteralPath()
    {
        _scenario.Folder.Write("w/a1.yml", "a1");
        _scenario.Folder.Write("w/a2.yml", "a2");
        _scenario.Folder.Write("w/a[12].yml", "brackets");
        Directory.CreateDirectory(_scenario.Folder["w/a9.yml"]);
        _scenario.Run("Protect-IBWorkflow \"$folder/w/a[0-9].yml\" -WorkflowArn $workflow @protect").NoErrors();
        Assert.Equal(["a1.yml.encrypted", "a2.yml.encrypted"], Encrypted());

        _scenario.Run("Protect-IBWorkflow -LiteralPath \"$folder/w/a[12].yml\" -WorkflowArn $workflow @protect").NoErrors();
        Assert.Equal(["a1.yml.encrypted", "a2.yml.encrypted", "a[12].yml.encrypted"], Encrypted());

        string[] Encrypted() =>
            [.. Directory.GetFiles(_scenario.Folder["w"], "*.encrypted").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Paths_are_relative_to_the_session_not_the_process()
    {
        ScriptResult result = _scenario.Run("""
            $ExecutionContext.SessionState.Path.PushCurrentLocation('here')
            $null = $ExecutionContext.SessionState.Path.SetLocation($folder)
            try { Protect-IBWorkflow build.yml -WorkflowArn $workflow -Destination out/ -KeyId alias/ExampleKMSKey -LocalKms kms -Region us-west-2 }
            finally { $null = $ExecutionContext.SessionState.Path.PopLocation('here') }
            """);
        Assert.Equal(_scenario.Folder["out/build.yml.encrypted"], result.Only().Properties["Path"].Value);
    }

    [Theory]
    [InlineData("$folder/new/", "new/build.yml.encrypted")]
    [InlineData("$folder/there", "there/build.yml.encrypted")]
    [InlineData("$folder/file.bin", "file.bin")]
    [InlineData("$folder/deep/er/file.bin", "deep/er/file.bin")]
    public void Destination_is_a_folder_or_a_file(string destination, string expected)
    {
        Directory.CreateDirectory(_scenario.Folder["there"]);
        _scenario.Run($"Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @protect -Destination \"{destination}\"").NoErrors();
        Assert.Contains(expected, _scenario.Files);
    }

    [Fact]
    public void Two_inputs_are_never_written_to_one_target()
    {
        _scenario.Folder.Write("a/same.yml", "a");
        _scenario.Folder.Write("b/same.yml", "b");
        ScriptResult result = _scenario.Run(
            "\"$folder/a/same.yml\", \"$folder/b/same.yml\" | Protect-IBWorkflow -WorkflowArn $workflow @protect -Destination \"$folder/to/\" -Force");
        AssertError(result.Error(), "TargetGivenTwice", ErrorCategory.ResourceExists, _scenario.Folder["b/same.yml"]);
        Assert.Single(result.Output);
    }

    [Fact]
    public void WhatIf_asks_no_KMS_and_writes_nothing()
    {
        string[] before = _scenario.Folder.Files;
        ScriptResult result = _scenario.Run("Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @protect -WhatIf").NoErrors();
        Assert.Empty(result.Output);
        Assert.Contains("What if:", result.HostText, StringComparison.Ordinal);
        Assert.Contains("build.yml.encrypted", result.HostText, StringComparison.Ordinal);
        Assert.Equal(before, _scenario.Folder.Files);
    }

    [Fact]
    public void An_existing_target_needs_Force()
    {
        _scenario.Folder.Write("build.yml.encrypted", "mine");
        ScriptResult refused = _scenario.Run("Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @protect");
        AssertError(refused.Error(), "TargetExists", ErrorCategory.ResourceExists, _scenario.Folder["build.yml"]);
        Assert.Equal("mine", File.ReadAllText(_scenario.Folder["build.yml.encrypted"]));
        Assert.DoesNotContain("GenerateDataKey", _scenario.Trail());

        _scenario.Run("Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @protect -Force").NoErrors();
        Assert.NotEqual("mine", File.ReadAllText(_scenario.Folder["build.yml.encrypted"]));
    }

    [Fact]
    public void A_failing_input_is_reported_and_the_batch_goes_on()
    {
        _scenario.Folder.Write("good.yml", "good");
        ScriptResult result = _scenario.Run("""
            "$folder/none.yml", "$folder/*.none", $folder, 'Env:/PATH', 'nodrive:/x', "$folder/build.yml", "$folder/good.yml" |
                Protect-IBWorkflow -WorkflowArn $workflow @protect
            """);
        Assert.Equal(
            ["FileNotFound", "FileNotFound", "PathIsFolder", "InvalidPath", "InvalidPath"],
            result.Errors.Select(static error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(ErrorCategory.ObjectNotFound, result.Errors[0].CategoryInfo.Category);
        Assert.Equal(_scenario.Folder["none.yml"], result.Errors[0].TargetObject);
        Assert.Equal(2, result.Output.Count);
    }

    [Theory]
    [InlineData("-WorkflowArn $workflow.ToUpperInvariant() @protect", "InvalidWorkflowArn", ErrorCategory.InvalidArgument)]
    [InlineData("-WorkflowArn $workflow -KeyId 'no key' @kms", "InvalidKeyId", ErrorCategory.InvalidArgument)]
    [InlineData("-WorkflowArn $workflow -KeyId alias/none @kms", "NotFoundException", ErrorCategory.ObjectNotFound)]
    [InlineData("-WorkflowArn $workflow @protect -EncryptionContext @{ 'aws-crypto-x' = 'y' }", "InvalidEncryptionContext", ErrorCategory.InvalidArgument)]
    [InlineData("-WorkflowArn $workflow @protect -EncryptionContext @{ 'aws:imagebuilder:arn' = 'y' }", "InvalidEncryptionContext", ErrorCategory.InvalidArgument)]
    [InlineData("-WorkflowArn $workflow @protect -EncryptionContext @{ a = $null }", "InvalidEncryptionContext", ErrorCategory.InvalidArgument)]
    [InlineData("-WorkflowArn $workflow -KeyId alias/ExampleKMSKey -LocalKms $kms.LocalKms", "RegionUnknown", ErrorCategory.InvalidArgument)]
    [InlineData("-WorkflowArn $workflow -KeyId alias/ExampleKMSKey @kms -RoleArn role", "InvalidPrincipalArn", ErrorCategory.InvalidArgument)]
    [InlineData("-WorkflowArn $workflow -KeyId alias/ExampleKMSKey @kms -RoleSessionName me", "RoleArnMissing", ErrorCategory.InvalidArgument)]
    [InlineData("-WorkflowArn $workflow -KeyId alias/ExampleKMSKey @kms -RoleArn arn:aws:iam::111122223333:role/Other", "AccessDeniedException", ErrorCategory.PermissionDenied)]
    public void Bad_parameters_give_one_clear_error(string parameters, string id, ErrorCategory category)
    {
        ScriptResult result = _scenario.Run($"Protect-IBWorkflow \"$folder/build.yml\" {parameters}");
        AssertError(result.Error(), id, category, _scenario.Folder["build.yml"]);
        Assert.StartsWith($"\"{_scenario.Folder["build.yml"]}\": ", result.Error().ToString(), StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Equal(["build.yml"], _scenario.Files);
    }

    [Fact]
    public void A_protected_file_is_not_protected_again()
    {
        _scenario.WithProtected();
        ScriptResult result = _scenario.Run("Protect-IBWorkflow \"$folder/build.yml.encrypted\" -WorkflowArn $workflow @protect");
        AssertError(result.Error(), "AlreadyProtected", ErrorCategory.InvalidArgument, _scenario.Folder["build.yml.encrypted"]);
    }

    [Fact]
    public void Several_keys_no_signature_frames_and_text_are_as_asked()
    {
        _scenario.Run("New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias alias/Second @kms").NoErrors();
        PSObject result = _scenario.Run("""
            $both = $kms + @{ KeyId = 'alias/ExampleKMSKey', 'arn:aws:kms:us-west-2:111122223333:alias/Second' }
            Protect-IBWorkflow "$folder/build.yml" -WorkflowArn $workflow @both -Unsigned -FrameLength 16 -AsText -EncryptionContext @{ team = 'Bär'; stage = 1 }
            """).Only();
        Assert.Equal(2, ((IReadOnlyList<string>)result.Properties["KeyArns"].Value).Count);
        Assert.Equal(false, result.Properties["IsSigned"].Value);
        Assert.Equal("16", result.Properties["FrameLength"].Value.ToString());
        Assert.Equal("aws:imagebuilder:arn=" + Scenario.Workflow + ", stage=1, team=Bär", result.Properties["EncryptionContext"].Value.ToString());
        Assert.Matches(@"\A[A-Za-z0-9+/]+=*\n?\z", File.ReadAllText(_scenario.Folder["build.yml.encrypted"]));
    }

    [Fact]
    public void Its_view_fits_80_columns()
    {
        string text = _scenario.Show("Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @protect");
        Assert.Equal(
            [
                "",
                $"   Folder: {_scenario.Folder.Path}",
                "",
                "File                           Workflow                                  Length",
                "----                           --------                                  ------",
                $"build.yml.encrypted            build/sample-encrypted-workflow/1.0.0/* {new FileInfo(_scenario.Folder["build.yml.encrypted"]).Length,8}",
            ],
            text.TrimEnd().Split('\n'));
    }

    internal static void AssertError(ErrorRecord error, string id, ErrorCategory category, object target)
    {
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal(target, error.TargetObject is PSObject wrapped ? wrapped.BaseObject : error.TargetObject);
        Assert.DoesNotContain("   at ", error.ToString(), StringComparison.Ordinal);
    }
}
