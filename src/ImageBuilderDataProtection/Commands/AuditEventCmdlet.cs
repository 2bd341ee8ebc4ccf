using System.Management.Automation;
using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of the cmdlets that make one answer of all the audit events they are given.</summary>
public abstract class AuditEventCmdlet : DataProtectionCmdlet
{
    /// <summary>
    /// The audit events, or what stands for them. Of any type: what PowerShell cannot make an event of, it would tell of and leave
    /// out, and the command would answer as if all had come.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [Alias("AuditEvent")]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? InputObject { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        // An answer without some of the events would be wrong, so that what goes wrong ends the command. No events are an answer, too.
        foreach (object item in (InputObject ?? []).OfType<object>())
        {
            ForAll(item, () =>
            {
                Take(AuditEventInput.Read(item));
                return item;
            });
        }
    }

    /// <summary>Takes an event up.</summary>
    private protected abstract void Take(KmsAuditEvent record);
}
