using System.Management.Automation;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Commands;

/// <summary>New-IBWorkflowKeyPolicy: the AWS page's step 1, the key policy.</summary>
[Cmdlet(VerbsCommon.New, "IBWorkflowKeyPolicy")]
[OutputType(typeof(KeyPolicy))]
public sealed class NewIBWorkflowKeyPolicyCommand : DataProtectionCmdlet
{
    private readonly List<string> _roles = [];

    /// <summary>The execution roles.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("RoleArn", "Arn")]
    [ValidateNotNullOrEmpty]
    public string[] ExecutionRoleArn { get; set; } = [];

    /// <summary>The key administrators.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] KeyAdministratorArn { get; set; } = [];

    /// <inheritdoc />
    protected override void ProcessRecord() => _roles.AddRange(ExecutionRoleArn);

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        ForInput(_roles, () => WriteObject(KeyPolicy.ForWorkflows(
            [.. _roles.Select(PrincipalArn.ParseRole)],
            [.. KeyAdministratorArn.Select(PrincipalArn.Parse)])));
        base.EndProcessing();
    }
}
