using System.Management.Automation;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Queries;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Buckets;
using ImageBuilderDataProtection.Kms.Aws.Trail;
using ImageBuilderDataProtection.Kms.Local;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Get-IBKmsAuditEvent: CloudTrail records of KMS calls, from the event history, a local KMS, files or a bucket; or the query for them.</summary>
[Cmdlet(VerbsCommon.Get, "IBKmsAuditEvent", DefaultParameterSetName = HistorySet)]
[OutputType(typeof(KmsAuditEvent), ParameterSetName = [HistorySet, PathSet, LiteralPathSet, S3Set])]
[OutputType(typeof(AuditQuery), ParameterSetName = [QuerySet])]
public sealed class GetIBKmsAuditEventCommand : KmsCmdlet
{
    private const string HistorySet = "EventHistory";
    private const string QuerySet = "Query";

    // What the view of Measure-IBKmsAuditEvent shows for its words (none) and (hidden).
    private static readonly Dictionary<string, string> ShownWords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["(direct)"] = AuditPattern.None,
        ["(no workflow)"] = AuditPattern.None,
        ["(no principal)"] = AuditPattern.None,
        ["(hidden workflow)"] = AuditPattern.Hidden,
    };

    private readonly List<string> _requestIds = [];
    private AuditFilter _filter = null!;
    private AuditReader? _reader;
    private AuditScanPump? _scan;
    private bool _hasInput;
    private long _count;
    private long _emitted;
    private long _refusedWithoutParameters;
    private AuditReadException? _onlyDigests;

    // PowerShell reads fields before it can load Core, so none may be of an enumeration of Core (see ModuleLifecycle).
    private int _engine;

    /// <summary>Files and folders, with wildcard characters.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [FilePathTransformation]
    public string[] Path { get; set; } = [];

    /// <summary>Files and folders, each as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Buckets to which CloudTrail delivers, or parts of them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = S3Set)]
    [ValidateNotNullOrEmpty]
    public string[] S3Uri { get; set; } = [];

    /// <summary>The engine of AWS that a query is written for, instead of reading.</summary>
    [Parameter(Mandatory = true, ParameterSetName = QuerySet)]
    public AuditQueryEngine AsQuery { get => (AuditQueryEngine)_engine; set => _engine = (int)value; }

    /// <summary>The table of Athena, or the event data store of CloudTrail Lake.</summary>
    [Parameter(ParameterSetName = QuerySet)]
    [ValidateNotNullOrEmpty]
    public string? TableName { get; set; }

    /// <summary>The partition column of Athena's table that holds the day.</summary>
    [Parameter(ParameterSetName = QuerySet)]
    [ValidateNotNullOrEmpty]
    public string? PartitionColumn { get; set; }

    /// <summary>The workflows, by ARN, with wildcard characters.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] WorkflowArn { get; set; } = [];

    /// <summary>The earliest time.</summary>
    [Parameter]
    [MomentTransformation]
    public DateTime StartTime { get; set; }

    /// <summary>The latest time.</summary>
    [Parameter]
    [MomentTransformation]
    public DateTime EndTime { get; set; }

    /// <summary>The request ids of the calls.</summary>
    [Parameter(ParameterSetName = HistorySet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = S3Set)]
    [Parameter(ParameterSetName = QuerySet)]
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

    /// <summary>The callers, with wildcard characters.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Principal { get; set; } = [];

    /// <summary>The AWS services that called, with wildcard characters.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] InvokedBy { get; set; } = [];

    /// <summary>Whether only calls that were refused are wanted.</summary>
    [Parameter]
    public SwitchParameter Denied { get; set; }

    /// <summary>Whether every KMS call is wanted, not only those for a workflow.</summary>
    [Parameter]
    public SwitchParameter AllKmsEvents { get; set; }

    /// <summary>How many events are wanted at most.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <summary>How many files are read at a time.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = S3Set)]
    [Parameter(ParameterSetName = HistorySet)]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    private bool HasEnough => _emitted >= First;

    /// <inheritdoc />
    protected override void BeginProcessing() => _filter = ReadFilter();

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case PathSet:
                ReadFiles(Path, Files.MatchingOrFolders);
                break;
            case LiteralPathSet:
                ReadFiles(LiteralPath, path => [Files.Unresolved(path)]);
                break;
            case S3Set:
                ReadBuckets();
                break;
            case QuerySet:
                ForInput(AsQuery, WriteQuery);
                break;
            default:
                // Of a pipeline of calls, one search finds all.
                _hasInput = true;
                _requestIds.AddRange(RequestId);
                break;
        }
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (_hasInput)
        {
            ForInput(LocalKms ?? Region ?? KeyId, () => ReadTrail(_filter with { RequestIds = _requestIds }));
        }

        if (!HasEnough)
        {
            _scan?.Drain();
        }

        // Of a search that ended early, nothing is missed.
        if (!HasEnough)
        {
            TellWhatIsMissing();
        }

        base.EndProcessing();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _scan?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static DateTime? Given(DateTime time) => time == default ? null : time;

    // What is no ARN may be the end of one, after this: views show no more of them.
    private static AuditPattern[] Patterns(string[] texts, string? beforeEnd) =>
    [
        .. texts.Select(static text => new AuditPattern(ShownWords.GetValueOrDefault(text, text))).SelectMany(pattern =>
            beforeEnd is null || pattern.AsksForNone || pattern.AsksForHidden || pattern.Text.StartsWith('*') || pattern.Text.StartsWith("arn:", StringComparison.Ordinal)
                ? [pattern]
                : new[] { pattern, new AuditPattern(beforeEnd + pattern.Text) }),
    ];

    // What is wrong here is so for every input. Only request ids can come with the input.
    private AuditFilter ReadFilter()
    {
        var filter = new AuditFilter
        {
            AllKmsEvents = AllKmsEvents,
            EventIds = EventId,
            Workflows = Patterns(WorkflowArn, "*:workflow/"),
            Principals = Patterns(Principal, "*:"),
            InvokedBy = Patterns(InvokedBy, null),
            DeniedOnly = Denied,
        };
        filter = ForAll(EndTime, () => filter with { Times = AuditTimeRange.Between(Given(StartTime), Given(EndTime)) });
        filter = ForAll(Region, () => filter with { Region = Region });
        foreach (string name in EventName)
        {
            filter = ForAll(name, () => filter with { EventNames = [.. filter.EventNames, name] });
        }

        return KeyId is null ? filter : ForAll(KeyId, () => filter with { Key = KeyIdentifier.Parse(KeyId) });
    }

    private void ReadFiles(string[] paths, Func<string, IReadOnlyList<string>> resolve)
    {
        foreach (string path in paths)
        {
            ForInput(path, () =>
            {
                new AwsParameters(this).RequireNoneForFiles();
                Scan(_filter with { RequestIds = RequestId }, (scan, reader) => scan.Add([.. resolve(path).SelectMany(file => reader.Sources(file, Report, StopToken))]));
            });
        }
    }

    private void ReadBuckets()
    {
        var aws = new AwsParameters(this);
        foreach (string uri in S3Uri)
        {
            ForInput(uri, () =>
            {
                aws.RequireNoLocalKmsForBuckets();
                LogBucket bucket = AwsConnections.Shared.ConnectToLogBucket(aws.ToSettings(Region), Kms.Aws.Buckets.S3Uri.Parse(uri));
                Scan(_filter with { RequestIds = RequestId }, (scan, reader) => scan.Add(onError => bucket.Sources(reader.Filter.Times, Region, onError, StopToken)));
            });
        }
    }

    private void ReadTrail(AuditFilter filter)
    {
        var aws = new AwsParameters(this);
        if (LocalKms is not null)
        {
            aws.RequireNoneForTrail();
            var store = LocalKmsStore.Open(Files.Unresolved(LocalKms));
            store.RequireCreated();
            Scan(filter, (scan, reader) => scan.Add(reader.Sources(store.TrailFolder, Report, StopToken)));
            return;
        }

        AwsEventHistory history = AwsConnections.Shared.ConnectToEventHistory(aws.ToSettings(Region ?? ArnParts.FirstRegion([KeyId ?? ""])));
        foreach (EventHistoryPage page in history.ReadAsync(filter, StopToken).ToBlockingEnumerable(StopToken))
        {
            Write(page, history.Region);
            if (HasEnough)
            {
                break;
            }
        }
    }

    private void WriteQuery()
    {
        new AwsParameters(this).RequireNoneForQuery();
        WriteObject(AuditQuery.Create(_filter with { RequestIds = RequestId }, AsQuery, TableName, First == int.MaxValue ? null : First, PartitionColumn));
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

        _refusedWithoutParameters += page.RefusedWithoutParameters;
        foreach (KmsAuditEvent record in page.Records)
        {
            if (!Emit(record))
            {
                break;
            }
        }
    }

    private void Scan(AuditFilter filter, Action<AuditScan, AuditReader> addSources)
    {
        if (HasEnough)
        {
            return;
        }

        _reader ??= new AuditReader { Filter = filter, Parallelism = ThrottleLimit };
        _scan ??= new AuditScanPump(this, _reader.Scan(StopToken), Emit);
        addSources(_scan.Scan, _reader);
        _scan.EmitReady();
    }

    // Digest files come with the log files of a bucket's copy; only where nothing else came are they what is wrong.
    private void Report(AuditReadException failure)
    {
        if (failure.ErrorId == AuditReadException.OnlyDigests)
        {
            _onlyDigests ??= failure;
        }
        else
        {
            WriteError(ErrorRecords.Create(failure, failure.File));
        }
    }

    private void TellWhatIsMissing()
    {
        if (_onlyDigests is { } digests && _scan?.Scan.Progress.Sources == 0)
        {
            WriteError(ErrorRecords.Create(digests, digests.File));
        }

        if (_scan?.Scan.UnfinishedPages is > 0 and var pages)
        {
            WriteWarning($"{(pages == 1 ? "1 file is a page" : $"{pages:N0} files are pages")} of an answer that goes on (NextToken): events are missing unless the pages after {(pages == 1 ? "it" : "them")} were read, too.");
        }

        long refused = _refusedWithoutParameters + (_scan?.Scan.RefusedWithoutParameters ?? 0);
        if (refused > 0)
        {
            WriteWarning($"{(refused == 1 ? "1 refused call is" : $"{refused:N0} refused calls are")} not shown: CloudTrail recorded no parameters, so nothing tells whether "
                + $"{(refused == 1 ? "it was" : "they were")} for a workflow. -AllKmsEvents{(WorkflowArn.Length > 0 ? " without -WorkflowArn" : "")} shows {(refused == 1 ? "it" : "them")}, best with -Denied and -KeyId.");
        }
    }

    // False when that was the last one wanted.
    private bool Emit(KmsAuditEvent record)
    {
        if (!HasEnough)
        {
            _emitted++;
            WriteObject(record);
        }

        return !HasEnough;
    }
}
