using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class ProtectedWorkflowTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private readonly Scenario _scenario = new Scenario(engine).WithProtected();

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void The_header_is_read_without_KMS()
    {
        string[] trail = _scenario.Trail();
        PSObject result = _scenario.Run("Get-IBProtectedWorkflow \"$folder/*.encrypted\"").Only();
        Assert.Equal(Scenario.Workflow, result.Properties["ContextWorkflowArn"].Value);
        Assert.Equal(2, result.Properties["MessageVersion"].Value);
        Assert.Null(result.Properties["AuditEvent"].Value);
        Assert.Equal(trail, _scenario.Trail());
    }

    [Fact]
    public void Text_form_and_files_piped_by_property_are_read()
    {
        _scenario.Run("Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @protect -AsText -Destination \"$folder/[t].encrypted\"").NoErrors();
        PSObject result = _scenario.Run("[pscustomobject]@{ PSPath = \"$folder/[t].encrypted\" } | Get-IBProtectedWorkflow").Only();
        Assert.Equal(true, result.Properties["IsText"].Value);
    }

    [Fact]
    public void What_is_no_message_is_reported()
    {
        ScriptResult result = _scenario.Run("Get-IBProtectedWorkflow \"$folder/build.yml\", \"$folder/none\", \"$folder/build.yml.encrypted\"");
        Assert.Equal([ErrorCategory.InvalidData, ErrorCategory.ObjectNotFound], result.Errors.Select(static error => error.CategoryInfo.Category));
        Assert.Single(result.Output);
    }
}
