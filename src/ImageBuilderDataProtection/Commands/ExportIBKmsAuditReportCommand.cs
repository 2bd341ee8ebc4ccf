using System.Management.Automation;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reports;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Export-IBKmsAuditReport: makes one HTML page of audit events.</summary>
[Cmdlet(VerbsData.Export, "IBKmsAuditReport", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportIBKmsAuditReportCommand : AuditEventCmdlet
{
    private AuditReport _report = null!;
    private string _target = null!;

    /// <summary>The file of the page, as it stands.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = null!;

    /// <summary>The heading of the page.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = AuditReportSettings.DefaultTitle;

    /// <summary>How many events the table shows.</summary>
    [Parameter]
    [ValidateRange(0, AuditReportSettings.MaxMaxRows)]
    public int MaxRows { get; set; } = AuditReportSettings.DefaultMaxRows;

    /// <summary>Whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        _report = new AuditReport(new AuditReportSettings { Title = Title, MaxRows = MaxRows });
        _target = ForAll(Path, () =>
        {
            string target = Files.Unresolved(Path);
            AuditReport.RequireTarget(target, Force);
            return target;
        });
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        ForInput(Path, () =>
        {
            if (ShouldProcess(_target, $"Write a report of {_report.EventCount:N0} audit event{(_report.EventCount == 1 ? "" : "s")}"))
            {
                _report.WriteFile(_target, Force, StopToken);

                // The file as Get-Item has it, which shows all its columns and can be piped on.
                WriteObject(InvokeProvider.Item.Get([_target], force: true, literalPath: true), enumerateCollection: true);
            }
        });
        base.EndProcessing();
    }

    private protected override void Take(KmsAuditEvent record)
    {
        _report.Add(record);
        ShowProgress("Reading audit events", _report.EventCount, record.SourceFile ?? $"{record.EventTime:u}");
    }
}
