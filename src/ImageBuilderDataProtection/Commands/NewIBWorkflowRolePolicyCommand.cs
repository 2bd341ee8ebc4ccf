using System.Management.Automation;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Commands;

/// <summary>New-IBWorkflowRolePolicy: the AWS page's step 2, the statement for the execution role.</summary>
[Cmdlet(VerbsCommon.New, "IBWorkflowRolePolicy")]
[OutputType(typeof(PolicyDocument))]
public sealed class NewIBWorkflowRolePolicyCommand : DataProtectionCmdlet
{
    private readonly List<string> _keys = [];

    /// <summary>The keys.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Arn")]
    [ValidateNotNullOrEmpty]
    public string[] KeyArn { get; set; } = [];

    /// <inheritdoc />
    protected override void ProcessRecord() => _keys.AddRange(KeyArn);

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        ForInput(_keys, () => WriteObject(PolicyDocument.ForExecutionRole([.. _keys.Select(Kms.KeyArn.Parse)])));
        base.EndProcessing();
    }
}
