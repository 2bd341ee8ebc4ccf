using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class UpdateTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private readonly Scenario _scenario = new Scenario(engine).WithProtected();

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void Another_key_replaces_the_first_in_place()
    {
        _scenario.Run("New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias Second @kms").NoErrors();
        byte[] before = File.ReadAllBytes(_scenario.Folder["build.yml.encrypted"]);
        PSObject result = _scenario.Run("Update-IBWorkflowProtection \"$folder/build.yml.encrypted\" @open -NewKeyId alias/Second").Only();
        Assert.NotEqual(before, File.ReadAllBytes(_scenario.Folder["build.yml.encrypted"]));
        string second = (string)_scenario.Run("(Get-IBWorkflowKey alias/Second @kms).Arn").Only().BaseObject;
        Assert.Equal([second], (IReadOnlyList<string>)result.Properties["KeyArns"].Value);
        Assert.Equal(
            Scenario.Document,
            _scenario.Run("Unprotect-IBWorkflow \"$folder/build.yml.encrypted\" @open -KeyId alias/Second -PassThru").Only().Properties["Text"].Value);
    }

    [Fact]
    public void Workflow_pairs_suite_and_form_change_as_asked()
    {
        PSObject result = _scenario.Run("""
            $next = $workflow.Replace('1.0.0', '1.1.0')
            Update-IBWorkflowProtection "$folder/build.yml.encrypted" @open -NewWorkflowArn $next -NewEncryptionContext @{ a = 'b' } -Unsigned -AsText -Destination "$folder/next/"
            """).Only();
        Assert.Equal(Scenario.Workflow.Replace("1.0.0", "1.1.0", StringComparison.Ordinal), result.Properties["ContextWorkflowArn"].Value);
        Assert.Equal(false, result.Properties["IsSigned"].Value);
        Assert.Equal(true, result.Properties["IsText"].Value);
        Assert.Equal(_scenario.Folder["next/build.yml.encrypted"], result.Properties["Path"].Value);
        PSObject back = _scenario.Run("""
            Update-IBWorkflowProtection "$folder/next/build.yml.encrypted" @kms -RoleArn $role -WorkflowArn $workflow.Replace('1.0.0', '1.1.0') -EncryptionContext @{ a = 'b' } -NewEncryptionContext @{} -Signed -AsText:$false
            """).Only();
        Assert.Equal(true, back.Properties["IsSigned"].Value);
        Assert.Equal(false, back.Properties["IsText"].Value);
        Assert.DoesNotContain("a=b", back.Properties["EncryptionContext"].Value.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_opened_stays_as_it_was()
    {
        byte[] before = File.ReadAllBytes(_scenario.Folder["build.yml.encrypted"]);
        ScriptResult result = _scenario.Run(
            "Update-IBWorkflowProtection \"$folder/build.yml.encrypted\" @kms -WorkflowArn $workflow.Replace('1.0.0', '1.0.1')");
        ProtectTests.AssertError(
            result.Error(), "EncryptionContextMismatch", ErrorCategory.SecurityError, _scenario.Folder["build.yml.encrypted"]);
        Assert.Equal(before, File.ReadAllBytes(_scenario.Folder["build.yml.encrypted"]));
    }

    [Fact]
    public void Signed_and_Unsigned_exclude_each_other()
    {
        ScriptResult result = _scenario.Run("Update-IBWorkflowProtection \"$folder/build.yml.encrypted\" @open -Signed -Unsigned");
        Assert.StartsWith("SignedAndUnsigned,", result.Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        string[] files = _scenario.Folder.Files;
        byte[] before = File.ReadAllBytes(_scenario.Folder["build.yml.encrypted"]);
        ScriptResult result = _scenario.Run("Update-IBWorkflowProtection \"$folder/build.yml.encrypted\" @open -Unsigned -WhatIf").NoErrors();
        Assert.Contains("What if:", result.HostText, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_scenario.Folder["build.yml.encrypted"]));
        Assert.Equal(files, _scenario.Folder.Files);
    }
}
