using System.Management.Automation;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Revoke-IBWorkflowKeyAccess: takes from execution roles the use of a live key for workflows.</summary>
[Cmdlet(VerbsSecurity.Revoke, "IBWorkflowKeyAccess", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(KeyPolicy))]
public sealed class RevokeIBWorkflowKeyAccessCommand : KeyAccessCmdlet
{
    private const string Activity = "Looking for protected workflows";

    private readonly WorkflowUses _uses = new();
    private readonly HashSet<(string Key, string Roles, string Patterns)> _known = [];
    private readonly RevokeRows _rows = new();
    private bool _areEventsNamed;
    private long _looked;

    /// <summary>The patterns of the workflows.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    public string[]? WorkflowArn { get; set; }

    /// <summary>Protected workflows and folders of them, with wildcard characters.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [FilePathTransformation]
    public string[] Path { get; set; } = [];

    /// <summary>Protected workflows and folders of them, each as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Audit events that tell of workflows.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [AuditEventTransformation]
    public KmsAuditEvent[] AuditEvent { get; set; } = [];

    /// <summary>The roles' own policies: JSON, or PolicyDocuments, which PowerShell turns into their JSON.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[]? RolePolicy { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _areEventsNamed = MyInvocation.BoundParameters.ContainsKey(nameof(AuditEvent));
        foreach (string path in Path)
        {
            bool isNamed = !WildcardPattern.ContainsWildcardCharacters(path);
            foreach (string file in ForAll(path, () => Files.MatchingOrFolders(path)))
            {
                LookIn(file, isNamed);
            }
        }
    }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        foreach (string path in LiteralPath)
        {
            LookIn(ForAll(path, () => Files.Unresolved(path)), isNamed: true);
        }

        foreach (KmsAuditEvent auditEvent in AuditEvent)
        {
            ForInput(auditEvent, () => _uses.Add(auditEvent));
        }

        // An audit event has a property WorkflowArn, too: it tells of a workflow, and asks for nothing.
        bool isEvent = !_areEventsNamed && MyInvocation.BoundParameters.ContainsKey(nameof(AuditEvent));
        string[]? patterns = isEvent && !IsPatternNamed ? null : WorkflowArn;
        if (_known.Add((KeyId, string.Join('\n', ExecutionRoleArn), string.Join('\n', patterns ?? []))))
        {
            ForInput(KeyId, () => _rows.Add(KeyId, Roles(ExecutionRoleArn), Workflows(patterns)));
        }
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        PolicyDocument[]? rolePolicies = RolePolicy is null ? null : ForAll(RolePolicy, () => RolePolicy.Select(static text => PolicyDocument.Parse(PolicyFile.RequireText(text))).ToArray());
        foreach ((string key, RevokeRequest request) in _rows.All)
        {
            ForInput(key, () => Change(key, request with { ViaImageBuilder = ViaImageBuilder, Force = Force, Uses = _uses.All, RolePolicies = rolePolicies }));
        }

        base.EndProcessing();
    }

    private protected override void Tell(KeyAccessPlan plan)
    {
        if (!plan.Change.IsChange)
        {
            WriteWarning($"The policy of the key {plan.Key} grants none of this, so it is left as it is.");
        }

        foreach (AffectedWorkflow workflow in plan.Affected)
        {
            WriteInformation(workflow, [nameof(AffectedWorkflow)]);
        }

        foreach (string unreadable in plan.DescribeAffected())
        {
            WriteWarning(unreadable);
        }

        base.Tell(plan);
    }

    // Whoever names a file or folder relies on its being looked at, so nothing is revoked if it cannot be.
    private void LookIn(string path, bool isNamed)
    {
        if (System.IO.Directory.Exists(path))
        {
            foreach (string file in ProtectedFileSearch.FilesOf(path, failure => WriteError(ErrorRecords.Create(failure, path)), StopToken))
            {
                ShowProgress(Activity, ++_looked, file);
                ForInput(file, () => LookAt(file, ProtectedFileSearch.TryReadAsync));
            }
        }
        else
        {
            ForAll(path, () => LookAt(path, isNamed ? ProtectedFile.ReadAsync! : ProtectedFileSearch.TryReadAsync));
        }
    }

    private bool LookAt(string file, Func<string, CancellationToken, Task<ProtectedFile?>> read)
    {
        if (Wait(stop => read(file, stop)) is not { } found)
        {
            return false;
        }

        _uses.Add(found.Describe());
        return true;
    }
}
