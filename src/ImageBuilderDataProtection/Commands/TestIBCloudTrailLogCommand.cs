using System.Management.Automation;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Kms.Local;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Test-IBCloudTrailLog: says by CloudTrail's digest files whether log files were changed or removed.</summary>
[Cmdlet(VerbsDiagnostic.Test, "IBCloudTrailLog", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(LogIntegrityResult), typeof(bool))]
public sealed class TestIBCloudTrailLogCommand : DataProtectionCmdlet
{
    private const string LocalKmsSet = "LocalKms";
    private const string Activity = "Testing log files";

    private LogIntegrityCheck? _check;
    private long _count;
    private bool _isGood = true;

    /// <summary>Folders with copies of what CloudTrail delivered, with wildcard characters.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [FilePathTransformation]
    public string[] Path { get; set; } = [];

    /// <summary>Such folders, each as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The file with CloudTrail's public keys.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string PublicKeyPath { get; set; } = null!;

    /// <summary>The folder of the local KMS.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LocalKmsSet)]
    [ValidateNotNullOrEmpty]
    public string LocalKms { get; set; } = null!;

    /// <summary>Whether the local KMS first writes digest files for the time until now.</summary>
    [Parameter(ParameterSetName = LocalKmsSet)]
    public SwitchParameter WriteDigest { get; set; }

    /// <summary>The time from which files are looked at.</summary>
    [Parameter]
    public DateTime StartTime { get; set; } = DateTime.MinValue;

    /// <summary>The time to which files are looked at.</summary>
    [Parameter]
    public DateTime EndTime { get; set; } = DateTime.MaxValue;

    /// <summary>Whether files are shown that are as they should be.</summary>
    [Parameter]
    public SwitchParameter IncludeValid { get; set; }

    /// <summary>Whether only true or false is emitted.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private DateTime? Start => StartTime == DateTime.MinValue ? null : StartTime.ToUniversalTime();

    private DateTime? End => EndTime == DateTime.MaxValue ? null : EndTime.ToUniversalTime();

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        if (ParameterSetName != LocalKmsSet)
        {
            _check = ForAll(PublicKeyPath, () => new LogIntegrityCheck(Wait(stop => DigestPublicKeys.ReadAsync(Files.Literal(PublicKeyPath), stop))) { StartTime = Start, EndTime = End });
        }
    }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (ParameterSetName == LocalKmsSet)
        {
            ForInput(LocalKms, TestLocalKms);
            return;
        }

        bool literal = ParameterSetName == LiteralPathSet;
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

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (Quiet)
        {
            WriteObject(_isGood && !HasFailed);
        }

        base.EndProcessing();
    }

    private void TestLocalKms()
    {
        var store = LocalKmsStore.Open(Files.Unresolved(LocalKms));
        if (WriteDigest && ShouldProcess(store.TrailFolder, "Write digest files"))
        {
            Wait(async stop =>
            {
                await store.WriteDigestsAsync(stop);
                return true;
            });
        }

        Emit(store.CheckTrail(Start, End, StopToken));
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
