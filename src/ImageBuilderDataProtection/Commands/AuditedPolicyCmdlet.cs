using System.Management.Automation;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Policies.Generation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of the cmdlets that can write a policy from audit events.</summary>
public abstract class AuditedPolicyCmdlet : DataProtectionCmdlet
{
    private protected const string AuditEventSet = "FromAuditEvent";

    /// <summary>Whether the policy is made of audit events.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AuditEventSet)]
    public SwitchParameter FromAuditEvent { get; set; }

    /// <summary>The audit events.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = AuditEventSet)]
    [ValidateNotNull]
    [AuditEventTransformation]
    public KmsAuditEvent[] AuditEvent { get; set; } = [];

    /// <summary>Takes each event up. One that a policy cannot allow becomes a non-terminating error.</summary>
    private protected void ForEachAuditEvent(Action<KmsAuditEvent> take)
    {
        foreach (KmsAuditEvent record in AuditEvent)
        {
            ForInput(record, () => take(record));
        }
    }

    /// <summary>Reports the events that turned out at the end to be such.</summary>
    private protected void Report(IEnumerable<UnusableAuditEvent> unusable)
    {
        foreach (UnusableAuditEvent item in unusable)
        {
            WriteError(ErrorRecords.Create(item.Reason, item.Event));
        }
    }
}
