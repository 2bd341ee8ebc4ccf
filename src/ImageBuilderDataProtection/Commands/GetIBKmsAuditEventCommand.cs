using System.Management.Automation;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms.Local;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Get-IBKmsAuditEvent: CloudTrail records of KMS calls, from a local KMS or from files.</summary>
[Cmdlet(VerbsCommon.Get, "IBKmsAuditEvent", DefaultParameterSetName = PathSet)]
[OutputType(typeof(KmsAuditEvent))]
public sealed class GetIBKmsAuditEventCommand : DataProtectionCmdlet
{
    private const string LocalKmsSet = "LocalKms";

    private long _count;

    /// <summary>Files and folders, with wildcard characters.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [FilePathTransformation]
    public string[] Path { get; set; } = [];

    /// <summary>Files and folders, each as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The folder of the local KMS.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LocalKmsSet)]
    [ValidateNotNullOrEmpty]
    public string LocalKms { get; set; } = null!;

    /// <summary>Whether every KMS call is wanted, not only those for a workflow.</summary>
    [Parameter]
    public SwitchParameter AllKmsEvents { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (ParameterSetName == LocalKmsSet)
        {
            ForInput(LocalKms, () => Read(LocalKms, [LocalKmsStore.Open(Files.Unresolved(LocalKms)).TrailFolder]));
            return;
        }

        bool literal = ParameterSetName == LiteralPathSet;
        foreach (string path in literal ? LiteralPath : Path)
        {
            ForInput(path, () => Read(path, literal ? [Files.Unresolved(path)] : Files.MatchingOrFolders(path)));
        }
    }

    private void Read(string input, IEnumerable<string> files)
    {
        var reader = new AuditReader { AllKmsEvents = AllKmsEvents };
        foreach (KmsAuditEvent record in reader.Read(files, failure => WriteError(ErrorRecords.Create(failure, input)), StopToken))
        {
            ShowProgress("Reading audit events", ++_count, record.SourceFile ?? input);
            WriteObject(record);
        }
    }
}
