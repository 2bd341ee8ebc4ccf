using System.Management.Automation;
using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Commands;

/// <summary>
/// Emits what a scan of files finds, on the pipeline's thread: what is ready while more files come down the pipeline, and the rest
/// at the end, with a bar in bytes.
/// </summary>
/// <param name="cmdlet">The cmdlet that emits.</param>
/// <param name="scan">The scan; disposed with this.</param>
/// <param name="emit">Emits one event; false when no more are wanted.</param>
internal sealed class AuditScanPump(DataProtectionCmdlet cmdlet, AuditScan scan, Func<Audit.KmsAuditEvent, bool> emit) : IDisposable
{
    private const string Activity = "Reading audit events";

    // As often as a bar is worth drawing.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>The scan, for adding sources.</summary>
    public AuditScan Scan => scan;

    /// <summary>Emits what is ready.</summary>
    public void EmitReady() => EmitWhile(TimeSpan.Zero);

    /// <summary>Waits for the rest and emits it.</summary>
    public void Drain()
    {
        scan.Complete();
        while (!scan.IsDone && EmitWhile(LookAgain))
        {
            ShowProgress();
        }
    }

    /// <summary>Stops what is being read, and waits until it has stopped.</summary>
    public void Dispose() => scan.Dispose();

    // False when no more are wanted.
    private bool EmitWhile(TimeSpan patience)
    {
        while (TryTake(patience, out AuditReading reading))
        {
            if (reading.Failure is { } failure)
            {
                cmdlet.WriteError(ErrorRecords.Create(failure, failure.File));
            }
            else if (!emit(reading.Event!))
            {
                return false;
            }

            ShowProgress();
        }

        return true;
    }

    private bool TryTake(TimeSpan patience, out AuditReading reading)
    {
        try
        {
            return scan.TryTake(patience, out reading);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private void ShowProgress()
    {
        AuditScanProgress progress = scan.Progress;
        cmdlet.ShowByteProgress(Activity, progress.Bytes, progress.TotalBytes, $"{progress.Sources:N0} files read");
    }
}
