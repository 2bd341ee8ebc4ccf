using System.Diagnostics;
using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of all cmdlets here: stops at once on Ctrl+C, and turns failures into error records.</summary>
public abstract class DataProtectionCmdlet : PSCmdlet, IDisposable
{
    private static readonly TimeSpan ProgressAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private ProgressRecord? _progress;

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds.</summary>
    /// <param name="disposing">Whether this is not the finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <inheritdoc />
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (_progress is not null)
        {
            _progress.RecordType = ProgressRecordType.Completed;
            WriteProgress(_progress);
        }
    }

    /// <summary>Does the work of one input. A failure becomes a non-terminating error, and the rest of the batch goes on.</summary>
    private protected void ForInput(object? input, Action work)
    {
        try
        {
            work();
        }
        catch (DataProtectionException failure)
        {
            WriteError(ErrorRecords.Create(failure, input));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Does work that no input can do without. A failure ends the command.</summary>
    private protected T ForAll<T>(object? input, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DataProtectionException failure)
        {
            ThrowTerminatingError(ErrorRecords.Create(failure, input));
            throw;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Waits for work that ends at once when the user stops the command.</summary>
    private protected T Wait<T>(Func<CancellationToken, Task<T>> work) => work(_stop.Token).GetAwaiter().GetResult();

    /// <summary>Shows progress once the command has run for more than a second.</summary>
    private protected void ShowProgress(string activity, int count, string item)
    {
        if (_running.Elapsed > ProgressAfter)
        {
            _progress ??= new ProgressRecord(0, activity, "-");
            _progress.StatusDescription = $"{count:N0}: {item}";
            WriteProgress(_progress);
        }
    }
}
