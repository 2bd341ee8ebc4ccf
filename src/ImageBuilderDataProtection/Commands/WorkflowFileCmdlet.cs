using System.Collections;
using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of the cmdlets that turn workflow files into others with the help of KMS, several at a time.</summary>
public abstract class WorkflowFileCmdlet : KmsCmdlet
{
    private BatchPump? _pump;
    private int? _total;

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

    /// <summary>How many files are worked on at a time.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        ResolvedPath[] paths = ParameterSetName == LiteralPathSet
            ? Array.ConvertAll(LiteralPath, path => new ResolvedPath(path, literal => [Files.Literal(literal)]))
            : Array.ConvertAll(Path, path => new ResolvedPath(path, Files.Matching));
        _total = MyInvocation.ExpectingInput ? null : paths.Sum(static path => path.Count);
        foreach (ResolvedPath path in paths)
        {
            // One by one, this path would be looked at only now: an input before it may just be writing the file.
            if (path.Failure is not null && !Pump.IsEmpty)
            {
                Pump.Drain();
                path.Resolve();
            }

            if (path.Failure is not null)
            {
                Pump.Fail(path.Path, path.Failure);
            }

            foreach (string file in path.Files)
            {
                Pump.Start(file, () => Plan(file));
            }
        }
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        Pump.Drain();
        base.EndProcessing();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pump?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>What the progress bar says.</summary>
    private protected abstract string Activity { get; }

    /// <summary>Prepares the work for one file, and asks whether it may be done; null when it may not.</summary>
    private protected abstract FileWork? Plan(string file);

    /// <summary>-Destination as a path of the file system.</summary>
    private protected string? ResolveDestination() =>
        Destination is null ? null : ForAll(Destination, () => Files.Unresolved(Destination));

    private BatchPump Pump => _pump ??= new BatchPump(ThrottleLimit, this, (done, file) => ShowProgress(Activity, done, file, _total), StopToken);
}
