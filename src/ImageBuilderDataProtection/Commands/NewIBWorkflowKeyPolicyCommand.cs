using System.Management.Automation;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Generation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>New-IBWorkflowKeyPolicy: the AWS page's step 1, the key policy; or the one that audit events ask for.</summary>
[Cmdlet(VerbsCommon.New, "IBWorkflowKeyPolicy", DefaultParameterSetName = RoleSet)]
[OutputType(typeof(KeyPolicy))]
public sealed class NewIBWorkflowKeyPolicyCommand : AuditedPolicyCmdlet
{
    private const string RoleSet = "ExecutionRole";

    private readonly List<string> _roles = [];
    private AuditedKeyPolicyBuilder? _builder;

    /// <summary>The execution roles.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = RoleSet)]
    [Alias("RoleArn", "Arn")]
    [ValidateNotNullOrEmpty]
    public string[] ExecutionRoleArn { get; set; } = [];

    /// <summary>Who protects and opens workflows.</summary>
    [Parameter(ParameterSetName = RoleSet)]
    [Alias("KeyUser")]
    [ValidateNotNullOrEmpty]
    public string[] KeyUserArn { get; set; } = [];

    /// <summary>The workflows, by ARN or pattern.</summary>
    [Parameter(ParameterSetName = RoleSet)]
    [Alias("WorkflowArnPattern")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] WorkflowArn { get; set; } = [];

    /// <summary>Whether the execution roles may use the key only through Image Builder.</summary>
    [Parameter(ParameterSetName = RoleSet)]
    public SwitchParameter ViaImageBuilder { get; set; }

    /// <summary>Whether the encryption context may have no pairs but those of a protected workflow.</summary>
    [Parameter(ParameterSetName = RoleSet)]
    public SwitchParameter NoOtherEncryptionContext { get; set; }

    /// <summary>The key whose uses count.</summary>
    [Parameter(ParameterSetName = AuditEventSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyArn { get; set; }

    /// <summary>The key administrators.</summary>
    [Parameter]
    [Alias("KeyAdministrator")]
    [ValidateNotNullOrEmpty]
    public string[] KeyAdministratorArn { get; set; } = [];

    /// <summary>Whether the administrators get the administrative actions only.</summary>
    [Parameter]
    public SwitchParameter AdministrativeActionsOnly { get; set; }

    /// <summary>The name of the statement for the execution roles.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Sid { get; set; } = KeyPolicySettings.DefaultSid;

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        _roles.AddRange(ExecutionRoleArn);
        ForEachAuditEvent(record => (_builder ??= ForAll(KeyArn, StartFromAudit)).Add(record));
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        ForInput(_roles, FromAuditEvent ? WriteFromAudit : () => WriteObject(KeyPolicy.ForWorkflows(ToSettings())));
        base.EndProcessing();
    }

    private KeyPolicySettings ToSettings() => new()
    {
        ExecutionRoles = [.. _roles.Select(PrincipalArn.ParseRole)],
        KeyUsers = [.. KeyUserArn.Select(PrincipalArn.Parse)],
        KeyAdministrators = Administrators,
        AdministrativeActionsOnly = AdministrativeActionsOnly,
        Workflows = [.. WorkflowArn.Select(WorkflowArnPattern.Parse)],
        ViaImageBuilder = ViaImageBuilder,
        NoOtherContext = NoOtherEncryptionContext,
        Sid = Sid,
    };

    private AuditedKeyPolicyBuilder StartFromAudit() => new(new AuditedKeyPolicySettings
    {
        Key = KeyArn is null ? null : Kms.KeyArn.Parse(KeyArn),
        KeyAdministrators = Administrators,
        AdministrativeActionsOnly = AdministrativeActionsOnly,
        Sid = Sid,
    });

    private void WriteFromAudit()
    {
        AuditedKeyPolicy audited = (_builder ?? StartFromAudit()).Build();
        Report(audited.Unusable);
        if (audited.Keys.Count > 1)
        {
            WriteWarning($"The audit events are of {audited.Keys.Count} keys, and a key policy is for one: this one allows what was done with any of them. Name a key with -KeyArn.");
        }

        WriteObject(audited.Policy);
    }

    private IReadOnlyList<PrincipalArn> Administrators => [.. KeyAdministratorArn.Select(PrincipalArn.Parse)];
}
