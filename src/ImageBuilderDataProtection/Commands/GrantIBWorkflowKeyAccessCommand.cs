using System.Management.Automation;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Grant-IBWorkflowKeyAccess: lets execution roles use a live key for workflows.</summary>
[Cmdlet(VerbsSecurity.Grant, "IBWorkflowKeyAccess", SupportsShouldProcess = true)]
[OutputType(typeof(KeyPolicy))]
public sealed class GrantIBWorkflowKeyAccessCommand : KeyAccessCmdlet
{
    /// <summary>The patterns of the workflows.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    public string[]? WorkflowArn { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord() => ForInput(KeyId, () => Change(KeyId, new GrantRequest
    {
        Roles = Roles(ExecutionRoleArn),
        Workflows = Workflows(WorkflowArn),
        ViaImageBuilder = ViaImageBuilder,
        Force = Force,
    }));

    private protected override void Tell(KeyAccessPlan plan)
    {
        base.Tell(plan);
        if (!plan.Change.IsChange)
        {
            WriteVerbose($"The policy of the key {plan.Key} grants all this already, so it is left as it is.");
        }
    }
}
