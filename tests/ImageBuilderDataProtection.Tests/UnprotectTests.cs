using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class UnprotectTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private readonly Scenario _scenario = new Scenario(engine).WithProtected();

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void A_document_is_opened_beside_the_message_for_its_owner_only()
    {
        File.Delete(_scenario.Folder["build.yml"]);
        PSObject result = _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open").Only();
        Assert.Equal(_scenario.Folder["build.yml"], result.Properties["Path"].Value);
        Assert.Equal(Scenario.Document.Length, result.Properties["Length"].Value);
        Assert.Null(result.Properties["Content"].Value);
        Assert.Equal("Decrypt", PSObject.AsPSObject(result.Properties["AuditEvent"].Value).Properties["EventName"].Value);
        Assert.Equal(Scenario.Document, File.ReadAllText(_scenario.Folder["build.yml"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_scenario.Folder["build.yml"]));
        }
    }

    [Fact]
    public void PassThru_alone_writes_nothing()
    {
        string[] before = _scenario.Files;
        PSObject result = _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -PassThru").Only();
        Assert.Null(result.Properties["Path"].Value);
        Assert.Equal(Scenario.Document, result.Properties["Text"].Value);
        Assert.Equal(before, _scenario.Files);
    }

    [Fact]
    public void PassThru_with_Destination_does_both()
    {
        PSObject result = _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -PassThru -Destination \"$folder/o/\"").Only();
        Assert.Equal(Scenario.Document, result.Properties["Text"].Value);
        Assert.Equal(Scenario.Document, File.ReadAllText(_scenario.Folder["o/build.yml"]));
    }

    [Fact]
    public void What_Protect_emits_can_be_piped_on()
    {
        PSObject result = _scenario.Run("""
            Protect-IBWorkflow "$folder/build.yml" -WorkflowArn $workflow @protect -Destination "$folder/p[1]/" |
                Unprotect-IBWorkflow -PassThru @kms -WorkflowArn $workflow
            """).Only();
        Assert.Equal(Scenario.Document, result.Properties["Text"].Value);
    }

    [Fact]
    public void An_opened_document_is_never_printed_unasked()
    {
        // After an object of another kind PowerShell shows no view but the display set.
        string shown = _scenario.Show("""
            Get-IBProtectedWorkflow "$folder/build.yml.encrypted"
            Unprotect-IBWorkflow "$folder/build.yml.encrypted" @open -PassThru
            """);
        Assert.Contains("build.yml", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("schemaVersion", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Content", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("schemaVersion: 1.0", "is not a protected workflow")]
    [InlineData("AgV4*broken*", "its base64 is damaged")]
    public void What_is_no_protected_workflow_is_told_as_what_it_is(string content, string says)
    {
        File.WriteAllText(_scenario.Folder["x.encrypted"], content);
        ScriptResult refused = _scenario.Run("Unprotect-IBWorkflow \"$folder/x.encrypted\" @open");
        ProtectTests.AssertError(refused.Error(), "NotProtected", ErrorCategory.InvalidData, _scenario.Folder["x.encrypted"]);
        Assert.Contains(says, refused.Error().Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_local_KMS_is_told_and_not_made()
    {
        ScriptResult refused = _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" -WorkflowArn $workflow -PassThru -LocalKms \"$folder/typo\"");
        ProtectTests.AssertError(refused.Error(), "LocalKmsNotFound", ErrorCategory.ObjectNotFound, _scenario.Folder["build.yml.encrypted"]);
        Assert.False(Directory.Exists(_scenario.Folder["typo"]));
    }

    [Fact]
    public void What_a_message_says_of_itself_is_not_what_it_is_compared_with()
    {
        ScriptResult result = _scenario.Run("Get-IBProtectedWorkflow \"$folder/build.yml.encrypted\" | Unprotect-IBWorkflow -PassThru @kms -RoleArn $role");
        Assert.Empty(result.Output);
        Assert.StartsWith("InputObjectMissingMandatory", result.Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_without_the_suffix_needs_a_target()
    {
        File.Move(_scenario.Folder["build.yml.encrypted"], _scenario.Folder["message.bin"]);
        ScriptResult refused = _scenario.Run("Unprotect-IBWorkflow \"$folder/message.bin\" @open");
        ProtectTests.AssertError(refused.Error(), "TargetUnknown", ErrorCategory.InvalidArgument, _scenario.Folder["message.bin"]);

        _scenario.Run("Unprotect-IBWorkflow \"$folder/message.bin\" @open -Destination \"$folder/o.yml\"").NoErrors();
        Assert.Equal(Scenario.Document, File.ReadAllText(_scenario.Folder["o.yml"]));
        Assert.Equal(
            Scenario.Document,
            _scenario.Run("Unprotect-IBWorkflow \"$folder/message.bin\" @open -PassThru").Only().Properties["Text"].Value);
    }

    [Fact]
    public void A_context_in_another_case_is_refused_before_KMS_is_asked()
    {
        ScriptResult result = _scenario.Run(
            "Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" -PassThru @kms -RoleArn $role -WorkflowArn $workflow.Replace('sample', 'Sample')");
        ProtectTests.AssertError(
            result.Error(), "EncryptionContextMismatch", ErrorCategory.SecurityError, _scenario.Folder["build.yml.encrypted"]);
        Assert.Contains("differ in case", result.Error().ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_scenario.Trail(), static call => call.StartsWith("Decrypt", StringComparison.Ordinal));
    }

    [Fact]
    public void Additional_pairs_must_be_given_again()
    {
        _scenario.Run("Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @protect -Force -EncryptionContext @{ team = 'images' }").NoErrors();
        ScriptResult without = _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -PassThru");
        ProtectTests.AssertError(
            without.Error(), "EncryptionContextMismatch", ErrorCategory.SecurityError, _scenario.Folder["build.yml.encrypted"]);
        Assert.Equal(
            Scenario.Document,
            _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -PassThru -EncryptionContext @{ team = 'images' }")
                .Only().Properties["Text"].Value);
    }

    [Fact]
    public void A_role_without_permission_is_refused_by_name_and_logged()
    {
        ScriptResult result = _scenario.Run(
            "Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" -PassThru -WorkflowArn $workflow @kms -RoleArn arn:aws:iam::111122223333:role/Other");
        ProtectTests.AssertError(
            result.Error(), "AccessDeniedException", ErrorCategory.PermissionDenied, _scenario.Folder["build.yml.encrypted"]);
        Assert.Contains("assumed-role/Other/", result.Error().ToString(), StringComparison.Ordinal);
        Assert.Equal("Decrypt AccessDenied", _scenario.Trail()[^1]);
    }

    [Fact]
    public void Only_keys_of_the_workflows_account_are_asked_unless_a_key_is_named()
    {
        ScriptResult result = _scenario.Run("""
            $foreign = $workflow.Replace('111122223333', '444455556666')
            Protect-IBWorkflow "$folder/build.yml" -WorkflowArn $foreign @kms -RoleArn $role -KeyId alias/ExampleKMSKey -Destination "$folder/f.encrypted"
            """);
        ProtectTests.AssertError(result.Error(), "AccessDeniedException", ErrorCategory.PermissionDenied, _scenario.Folder["build.yml"]);
    }

    [Fact]
    public void A_changed_bit_yields_nothing()
    {
        byte[] message = File.ReadAllBytes(_scenario.Folder["build.yml.encrypted"]);
        message[^150] ^= 1;
        File.WriteAllBytes(_scenario.Folder["build.yml.encrypted"], message);
        ScriptResult result = _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -PassThru");
        Assert.Equal(ErrorCategory.SecurityError, result.Error().CategoryInfo.Category);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Something_else_is_no_message_and_the_batch_goes_on()
    {
        _scenario.Folder.Write("text.encrypted", "no message at all");
        ScriptResult result = _scenario.Run("Unprotect-IBWorkflow \"$folder/text.encrypted\", \"$folder/build.yml.encrypted\" @open -PassThru");
        Assert.Equal(ErrorCategory.InvalidData, result.Error().CategoryInfo.Category);
        Assert.Contains("text.encrypted", result.Error().ToString(), StringComparison.Ordinal);
        Assert.Single(result.Output);
    }

    [Fact]
    public void WhatIf_asks_no_KMS_and_writes_nothing()
    {
        File.Delete(_scenario.Folder["build.yml"]);
        string[] before = _scenario.Folder.Files;
        ScriptResult result = _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -WhatIf").NoErrors();
        Assert.Contains("What if:", result.HostText, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Equal(before, _scenario.Folder.Files);
    }

    [Fact]
    public void An_existing_document_needs_Force()
    {
        ScriptResult refused = _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open");
        ProtectTests.AssertError(refused.Error(), "TargetExists", ErrorCategory.ResourceExists, _scenario.Folder["build.yml.encrypted"]);
        _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -Force").NoErrors();
    }

    [Fact]
    public void The_region_comes_from_the_message_when_no_one_names_it()
    {
        Assert.Equal(
            Scenario.Document,
            _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" -LocalKms $kms.LocalKms -WorkflowArn $workflow -PassThru")
                .Only().Properties["Text"].Value);
    }

    [Fact]
    public void Its_view_fits_80_columns()
    {
        string text = _scenario.Show("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -Destination \"$folder/o/\"");
        Assert.Equal(
            [
                "",
                $"   Folder: {_scenario.Folder["o"]}",
                "",
                "File                           Workflow                                  Length",
                "----                           --------                                  ------",
                "build.yml                      build/sample-encrypted-workflow/1.0.0/*       61",
            ],
            text.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Stopping_ends_it_without_an_error_record()
    {
        using PowerShell shell = engine.Shell("""
            param($folder, $workflow)
            while ($true) { Unprotect-IBWorkflow "$folder/build.yml.encrypted" -LocalKms "$folder/kms" -WorkflowArn $workflow -PassThru }
            """, ("folder", _scenario.Folder.Path), ("workflow", Scenario.Workflow));
        using var opened = new ManualResetEventSlim();
        using var output = new PSDataCollection<PSObject>();
        output.DataAdded += (_, _) => opened.Set();
        IAsyncResult running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        Assert.True(opened.Wait(TimeSpan.FromMinutes(1)));
        shell.Stop();
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
    }
}
