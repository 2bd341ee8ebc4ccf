using System.Management.Automation;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Trail;
using ImageBuilderDataProtection.Kms.Local;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Get-IBKmsAuditEvent: CloudTrail records of KMS calls, from the event history, a local KMS or files.</summary>
[Cmdlet(VerbsCommon.Get, "IBKmsAuditEvent", DefaultParameterSetName = HistorySet)]
[OutputType(typeof(KmsAuditEvent))]
public sealed class GetIBKmsAuditEventCommand : KmsCmdlet
{
    private const string HistorySet = "EventHistory";

    private readonly List<string> _requestIds = [];
    private bool _hasInput;
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

    /// <summary>The earliest time.</summary>
    [Parameter]
    public DateTime StartTime { get; set; }

    /// <summary>The latest time.</summary>
    [Parameter]
    public DateTime EndTime { get; set; }

    /// <summary>The request ids of the calls.</summary>
    [Parameter(ParameterSetName = HistorySet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string[] RequestId { get; set; } = [];

    /// <summary>The ids of the records.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] EventId { get; set; } = [];

    /// <summary>The operations.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] EventName { get; set; } = [];

    /// <summary>The key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyId { get; set; }

    /// <summary>Whether every KMS call is wanted, not only those for a workflow.</summary>
    [Parameter]
    public SwitchParameter AllKmsEvents { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == LiteralPathSet;
        foreach (string path in literal ? LiteralPath : Path)
        {
            ForInput(path, () =>
            {
                new AwsParameters(this).RequireNoneForFiles();
                ReadFiles(path, Filter(RequestId), literal ? [Files.Unresolved(path)] : Files.MatchingOrFolders(path));
            });
        }

        // Of a pipeline of calls, one search finds all.
        _hasInput |= ParameterSetName == HistorySet;
        _requestIds.AddRange(RequestId);
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (_hasInput)
        {
            ForInput(LocalKms ?? Region ?? KeyId, () => ReadTrail(Filter(_requestIds)));
        }

        base.EndProcessing();
    }

    private static DateTime? Given(DateTime time) => time == default ? null : time;

    private AuditFilter Filter(IReadOnlyList<string> requestIds) => new()
    {
        AllKmsEvents = AllKmsEvents,
        Times = AuditTimeRange.Between(Given(StartTime), Given(EndTime)),
        RequestIds = requestIds,
        EventIds = EventId,
        EventNames = EventName,
        Region = Region,
        Key = KeyId is null ? null : KeyIdentifier.Parse(KeyId),
    };

    private void ReadTrail(AuditFilter filter)
    {
        var aws = new AwsParameters(this);
        if (LocalKms is not null)
        {
            aws.RequireNoneForTrail();
            ReadFiles(LocalKms, filter, [LocalKmsStore.Open(Files.Unresolved(LocalKms)).TrailFolder]);
            return;
        }

        AwsEventHistory history = AwsConnections.Shared.ConnectToEventHistory(aws.ToSettings(Region ?? ArnParts.FirstRegion([KeyId ?? ""])));
        foreach (EventHistoryPage page in history.ReadAsync(filter, StopToken).ToBlockingEnumerable(StopToken))
        {
            Write(page, history.Region);
        }
    }

    private void Write(EventHistoryPage page, string region)
    {
        _count += page.EventCount;
        ShowProgress($"Searching CloudTrail's event history of {region}", _count, $"back to {page.Reached:u}");
        foreach (string warning in page.Warnings)
        {
            WriteWarning(warning);
        }

        foreach (DataProtectionException failure in page.Failures)
        {
            WriteError(ErrorRecords.Create(failure, region));
        }

        WriteObject(page.Records, enumerateCollection: true);
    }

    private void ReadFiles(string input, AuditFilter filter, IEnumerable<string> files)
    {
        var reader = new AuditReader { Filter = filter };
        foreach (KmsAuditEvent record in reader.Read(files, failure => WriteError(ErrorRecords.Create(failure, input)), StopToken))
        {
            ShowProgress("Reading audit events", ++_count, record.SourceFile ?? input);
            WriteObject(record);
        }
    }
}
