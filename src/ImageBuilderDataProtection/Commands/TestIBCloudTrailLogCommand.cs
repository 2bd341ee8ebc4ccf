using System.Management.Automation;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Buckets;
using ImageBuilderDataProtection.Kms.Local;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Test-IBCloudTrailLog: says by CloudTrail's digest files whether log files were changed or removed.</summary>
[Cmdlet(VerbsDiagnostic.Test, "IBCloudTrailLog", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(LogIntegrityResult), typeof(bool))]
public sealed class TestIBCloudTrailLogCommand : AwsCmdlet
{
    private const string LocalKmsSet = "LocalKms";
    private const string Activity = "Testing log files";

    private LogIntegrityCheck? _check;
    private long _count;
    private bool _isGood = true;

    /// <summary>Folders with copies of what CloudTrail delivered, with wildcard characters.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [FilePathTransformation]
    public string[] Path { get; set; } = [];

    /// <summary>Such folders, each as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Buckets to which CloudTrail delivers, or parts of them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = S3Set)]
    [ValidateNotNullOrEmpty]
    public string[] S3Uri { get; set; } = [];

    /// <summary>The file with CloudTrail's public keys.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = S3Set)]
    [ValidateNotNullOrEmpty]
    public string? PublicKeyPath { get; set; }

    /// <summary>The folder of the local KMS.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LocalKmsSet)]
    [ValidateNotNullOrEmpty]
    public string LocalKms { get; set; } = null!;

    /// <summary>Whether the local KMS first writes digest files for the time until now.</summary>
    [Parameter(ParameterSetName = LocalKmsSet)]
    public SwitchParameter WriteDigest { get; set; }

    /// <summary>The time from which files are looked at.</summary>
    [Parameter]
    [MomentTransformation]
    public DateTime StartTime { get; set; } = DateTime.MinValue;

    /// <summary>The time to which files are looked at.</summary>
    [Parameter]
    [MomentTransformation]
    public DateTime EndTime { get; set; } = DateTime.MaxValue;

    /// <summary>Whether files are shown that are as they should be.</summary>
    [Parameter]
    public SwitchParameter IncludeValid { get; set; }

    /// <summary>Whether only true or false is emitted.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>How many log files are read at a time, and how many digest files ahead of them.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = Environment.ProcessorCount;

    private DateTime? Start => StartTime == DateTime.MinValue ? null : StartTime.ToUniversalTime();

    private DateTime? End => EndTime == DateTime.MaxValue ? null : EndTime.ToUniversalTime();

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        if (ParameterSetName != LocalKmsSet)
        {
            _check = ForAll(PublicKeyPath ?? Region, () => new LogIntegrityCheck(Keys()) { StartTime = Start, EndTime = End, Region = Region, Parallelism = ThrottleLimit });
        }
    }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case LocalKmsSet:
                ForInput(LocalKms, TestLocalKms);
                break;
            case S3Set:
                TestBuckets();
                break;
            default:
                TestFolders(ParameterSetName == LiteralPathSet);
                break;
        }
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (Quiet)
        {
            WriteObject(_isGood && !HasFailed);
        }

        base.EndProcessing();
    }

    // AWS is asked for keys only where it is meant to be.
    private IDigestKeySource Keys()
    {
        var aws = new AwsParameters(this);
        bool isBucket = ParameterSetName == S3Set;
        if (PublicKeyPath is null)
        {
            aws.RequireAnyForKeys(isBucket);
            return AwsConnections.Shared.ConnectToDigestKeys(aws.ToSettings(Region), isBucket);
        }

        if (!isBucket)
        {
            aws.RequireNoneForFiles();
        }

        return Wait(stop => DigestPublicKeys.ReadAsync(Files.Literal(PublicKeyPath), stop));
    }

    private void TestFolders(bool literal)
    {
        foreach (string path in literal ? LiteralPath : Path)
        {
            ForInput(path, () =>
            {
                foreach (string folder in literal ? [Files.Unresolved(path)] : Files.MatchingOrFolders(path))
                {
                    ForInput(folder, () => Emit(_check!.Check(folder, StopToken)));
                }
            });
        }
    }

    private void TestBuckets()
    {
        AwsConnectionSettings settings = ForAll(Region, () => new AwsParameters(this).ToSettings(Region));
        foreach (string uri in S3Uri)
        {
            ForInput(uri, () => Emit(AwsConnections.Shared.ConnectToLogBucket(settings, Kms.Aws.Buckets.S3Uri.Parse(uri)).Check(_check!, StopToken)));
        }
    }

    private void TestLocalKms()
    {
        new AwsParameters(this).RequireNoneForTrail();
        var store = LocalKmsStore.Open(Files.Unresolved(LocalKms));
        if (WriteDigest && ShouldProcess(store.TrailFolder, "Write digest files"))
        {
            Wait(async stop =>
            {
                await store.WriteDigestsAsync(stop);
                return true;
            });
        }

        Emit(store.CheckTrail(Start, End, Region, ThrottleLimit, StopToken));
    }

    private void Emit(IEnumerable<LogIntegrityResult> results)
    {
        foreach (LogIntegrityResult result in results)
        {
            ShowProgress(Activity, ++_count, result.File);
            _isGood &= !result.IsProblem;
            if (!Quiet && (IncludeValid || result.IsProblem))
            {
                WriteObject(result);
            }
        }
    }
}
