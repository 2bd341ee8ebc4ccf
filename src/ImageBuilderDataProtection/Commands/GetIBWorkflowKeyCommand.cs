using System.Management.Automation;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Get-IBWorkflowKey: describes customer managed keys.</summary>
[Cmdlet(VerbsCommon.Get, "IBWorkflowKey")]
[OutputType(typeof(WorkflowKey))]
public sealed class GetIBWorkflowKeyCommand : KmsCmdlet
{
    /// <summary>The keys.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Arn")]
    [ValidateNotNullOrEmpty]
    public string[] KeyId { get; set; } = [];

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        foreach (string key in KeyId)
        {
            ForInput(key, () =>
            {
                var keys = new WorkflowKeys(Connect(accountFrom: [key], regionFrom: [key]));
                WriteObject(Wait(stop => keys.DescribeAsync(KeyIdentifier.Parse(key), stop)));
            });
        }
    }
}
