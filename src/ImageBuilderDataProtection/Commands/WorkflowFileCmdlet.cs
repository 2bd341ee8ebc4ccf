using System.Collections;
using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of the cmdlets that turn workflow files into others with the help of KMS.</summary>
public abstract class WorkflowFileCmdlet : KmsCmdlet
{
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

    /// <summary>The workflow's ARN.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string WorkflowArn { get; set; } = null!;

    /// <summary>Pairs of the encryption context beside the workflow ARN.</summary>
    [Parameter]
    public Hashtable? EncryptionContext { get; set; }

    /// <summary>Where the output goes: a file or a folder.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (ParameterSetName == LiteralPathSet)
        {
            ForEachLiteralPath(LiteralPath, Activity, ProcessFile);
        }
        else
        {
            ForEachPath(Path, Activity, ProcessFile);
        }
    }

    /// <summary>What the progress bar says.</summary>
    private protected abstract string Activity { get; }

    /// <summary>Does the work for one file.</summary>
    private protected abstract void ProcessFile(string file);

    /// <summary>-Destination as a path of the file system.</summary>
    private protected string? ResolveDestination() =>
        Destination is null ? null : ForAll(Destination, () => Files.Unresolved(Destination));
}
