using System.Management.Automation;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Usage;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Measure-IBKmsAuditEvent: who used which key for which workflow, how often, when first and last, denied how often.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "IBKmsAuditEvent")]
[OutputType(typeof(KmsUsage))]
public sealed class MeasureIBKmsAuditEventCommand : AuditEventCmdlet
{
    private KmsUsageMeter? _meter;

    /// <summary>By what they are grouped. Text, for Core's enumeration cannot be a field here (see ModuleLifecycle).</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateSet("Workflow", "Key", "Principal", "Operation", "InvokedBy", "Region", "Account", "Day", "Hour")]
    public string[] By { get; set; } = [.. KmsUsageMeter.DefaultBy.Select(static grouping => grouping.ToString())];

    /// <inheritdoc />
    protected override void BeginProcessing() =>
        _meter = new KmsUsageMeter(By.Select(static name => Enum.Parse<KmsUsageGrouping>(name, ignoreCase: true)));

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        WriteObject(_meter!.Measure(), enumerateCollection: true);
        base.EndProcessing();
    }

    private protected override void Take(KmsAuditEvent record) => _meter!.Add(record);
}
