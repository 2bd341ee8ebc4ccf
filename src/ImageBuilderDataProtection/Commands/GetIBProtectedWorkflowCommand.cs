using System.Management.Automation;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Get-IBProtectedWorkflow: reads the header of protected workflows, without a key and without KMS.</summary>
[Cmdlet(VerbsCommon.Get, "IBProtectedWorkflow", DefaultParameterSetName = PathSet)]
[OutputType(typeof(ProtectedWorkflow))]
public sealed class GetIBProtectedWorkflowCommand : DataProtectionCmdlet
{
    private const string Activity = "Reading protected workflows";

    /// <summary>The files, with wildcard characters.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [FilePathTransformation]
    public string[] Path { get; set; } = [];

    /// <summary>The files, each as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (ParameterSetName == LiteralPathSet)
        {
            ForEachLiteralPath(LiteralPath, Activity, Read);
        }
        else
        {
            ForEachPath(Path, Activity, Read);
        }
    }

    private void Read(string file) => WriteObject(Wait(stop => ProtectedFile.ReadAsync(file, stop)).Describe());
}
