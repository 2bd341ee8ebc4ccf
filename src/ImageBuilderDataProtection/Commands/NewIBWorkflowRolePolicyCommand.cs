using System.Management.Automation;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Generation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>New-IBWorkflowRolePolicy: the AWS page's step 2, the statement for the execution role; or the one that audit events ask for.</summary>
[Cmdlet(VerbsCommon.New, "IBWorkflowRolePolicy", DefaultParameterSetName = KeySet)]
[OutputType(typeof(PolicyDocument), typeof(RolePolicyStatement))]
public sealed class NewIBWorkflowRolePolicyCommand : AuditedPolicyCmdlet
{
    private const string KeySet = "Key";

    private readonly List<string> _keys = [];
    private AuditedRolePolicyBuilder? _builder;

    /// <summary>The keys.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    [Alias("Arn")]
    [ValidateNotNullOrEmpty]
    public string[] KeyArn { get; set; } = [];

    /// <summary>The workflows, by ARN or pattern.</summary>
    [Parameter(ParameterSetName = KeySet)]
    [Alias("WorkflowArnPattern")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] WorkflowArn { get; set; } = [];

    /// <summary>Whether the role may use the keys only through Image Builder.</summary>
    [Parameter(ParameterSetName = KeySet)]
    public SwitchParameter ViaImageBuilder { get; set; }

    /// <summary>Whether the encryption context may have no pairs but those of a protected workflow.</summary>
    [Parameter(ParameterSetName = KeySet)]
    public SwitchParameter NoOtherEncryptionContext { get; set; }

    /// <summary>The role whose uses count.</summary>
    [Parameter(ParameterSetName = AuditEventSet)]
    [Alias("RoleArn")]
    [ValidateNotNullOrEmpty]
    public string? ExecutionRoleArn { get; set; }

    /// <summary>The name of the statement.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Sid { get; set; }

    /// <summary>Whether the statement is wanted without the document around it.</summary>
    [Parameter]
    public SwitchParameter StatementOnly { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        _keys.AddRange(KeyArn);
        ForEachAuditEvent(record => (_builder ??= ForAll(ExecutionRoleArn, StartFromAudit)).Add(record));
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        ForInput(_keys, FromAuditEvent ? WriteFromAudit : () => Write(PolicyDocument.ForExecutionRole(ToSettings())));
        base.EndProcessing();
    }

    private RolePolicySettings ToSettings() => new()
    {
        Keys = [.. _keys.Select(Kms.KeyArn.Parse)],
        Workflows = [.. WorkflowArn.Select(WorkflowArnPattern.Parse)],
        ViaImageBuilder = ViaImageBuilder,
        NoOtherContext = NoOtherEncryptionContext,
        Sid = Sid,
    };

    private AuditedRolePolicyBuilder StartFromAudit() => new(new AuditedRolePolicySettings
    {
        Role = ExecutionRoleArn is null ? null : PrincipalArn.ParseRole(ExecutionRoleArn),
        Sid = Sid ?? AuditedRolePolicySettings.DefaultSid,
    });

    private void WriteFromAudit()
    {
        AuditedRolePolicy audited = (_builder ?? StartFromAudit()).Build();
        Report(audited.Unusable);
        if (audited.Principals.Count > 1)
        {
            WriteWarning($"The audit events are of {audited.Principals.Count} callers, and a role policy is for one: this one allows what any of them did. Name a role with -ExecutionRoleArn.");
        }

        Write(audited.Policy);
    }

    private void Write(PolicyDocument policy)
    {
        if (StatementOnly)
        {
            WriteObject(RolePolicyStatement.Of(policy), enumerateCollection: true);
        }
        else
        {
            WriteObject(policy);
        }
    }
}
