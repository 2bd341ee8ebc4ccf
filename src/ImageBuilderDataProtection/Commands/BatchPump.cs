using System.Management.Automation;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Commands;

/// <summary>
/// Keeps a command's work on files going, several at a time. All it says is said on the pipeline's thread, which calls it,
/// and in the order of the inputs; only the work itself runs beside it.
/// </summary>
/// <param name="throttleLimit">How many files are worked on at a time.</param>
/// <param name="cmdlet">The cmdlet that emits.</param>
/// <param name="showProgress">Is told how many are done, and the oldest file that is not, now and then.</param>
/// <param name="stop">Cancelled when the user stops the command.</param>
internal sealed class BatchPump(int throttleLimit, Cmdlet cmdlet, Action<long, string> showProgress, CancellationToken stop) : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private readonly FileBatch<object> _batch = new(throttleLimit, stop);

    /// <summary>Whether nothing is at work or waits to be emitted.</summary>
    public bool IsEmpty => _batch.IsEmpty;

    /// <summary>Plans the work on a file once no other is using the file, and starts it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="plan">Plans the work, on this thread; null when there is none.</param>
    public void Start(string file, Func<FileWork?> plan)
    {
        WaitUntil(batch => !batch.IsUsing(file));
        try
        {
            if (plan() is { } work)
            {
                WaitUntil(batch => work.Target is null || !batch.IsUsing(work.Target));
                Start(file, work);
            }
        }
        catch (DataProtectionException failure)
        {
            Fail(file, failure);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw Stopped();
        }
    }

    /// <summary>Reports a failure when the turn is the input's.</summary>
    public void Fail(string input, DataProtectionException failure) =>
        Start(input, new FileWork(Target: null, _ => Task.FromException<object>(failure)));

    /// <summary>Waits for all work and emits what comes of it.</summary>
    public void Drain()
    {
        while (!_batch.IsEmpty)
        {
            WaitUntil(static batch => batch.IsOldestDone);
            EmitDone();
        }
    }

    /// <summary>Stops what is at work, and waits until it has stopped: no file is being written any more.</summary>
    public void Dispose() => _batch.Dispose();

    private void Start(string file, FileWork work)
    {
        while (!_batch.HasRoom)
        {
            WaitUntil(static batch => batch.HasRoom || batch.IsOldestDone);
            EmitDone();
        }

        _batch.Start(file, work.Target, work.Run);
        if (throttleLimit == 1)
        {
            Drain();
        }
        else
        {
            EmitDone();
        }
    }

    private void WaitUntil(Func<FileBatch<object>, bool> condition)
    {
        while (!_batch.WaitUntil(condition, LookAgain))
        {
            ShowProgress();
        }

        if (stop.IsCancellationRequested)
        {
            throw Stopped();
        }
    }

    private void EmitDone()
    {
        while (_batch.IsOldestDone)
        {
            Emit();
            ShowProgress();
        }
    }

    private void Emit()
    {
        (string file, Task<object> work) = _batch.Take();
        try
        {
            cmdlet.WriteObject(work.GetAwaiter().GetResult());
        }
        catch (DataProtectionException failure)
        {
            cmdlet.WriteError(ErrorRecords.CreateForFile(failure, file));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw Stopped();
        }
    }

    private void ShowProgress()
    {
        if (_batch.Oldest is { } file)
        {
            showProgress(_batch.Done, file);
        }
    }

    private PipelineStoppedException Stopped()
    {
        _batch.Dispose();
        return new PipelineStoppedException();
    }
}
