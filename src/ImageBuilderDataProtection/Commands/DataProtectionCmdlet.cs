using System.Diagnostics;
using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of all cmdlets here: stops at once on Ctrl+C, and turns failures into error records.</summary>
public abstract class DataProtectionCmdlet : PSCmdlet, IDisposable
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    private static readonly TimeSpan ProgressAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private TimeSpan _nextProgress = ProgressAfter;
    private ProgressRecord? _progress;
    private int _files;

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
            WriteProgress(new ProgressRecord(0, _progress.Activity, _progress.StatusDescription) { RecordType = ProgressRecordType.Completed });
        }
    }

    /// <summary>Does the work of one input. A failure becomes a non-terminating error, and the rest of the batch goes on.</summary>
    private protected void ForInput(object? input, Action work) =>
        ReportFailure(work, failure => ErrorRecords.Create(failure, input));

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

    /// <summary>Whether an input has failed.</summary>
    private protected bool HasFailed { get; private set; }

    /// <summary>Cancelled when the user stops the command.</summary>
    private protected CancellationToken StopToken => _stop.Token;

    /// <summary>Waits for work that ends at once when the user stops the command.</summary>
    private protected T Wait<T>(Func<CancellationToken, Task<T>> work) => work(_stop.Token).GetAwaiter().GetResult();

    // Names of files, and what policies and services say, stand in what a user reads of a command, too. One place sees to that for all.

    /// <summary>Warns, over as many lines as the text has; a name in it is on one line already.</summary>
    private protected new void WriteWarning(string text) => base.WriteWarning(TerminalText.Lines(text));

    /// <inheritdoc cref="Cmdlet.WriteVerbose"/>
    private protected new void WriteVerbose(string text) => base.WriteVerbose(TerminalText.Line(text));

    /// <inheritdoc cref="Cmdlet.ShouldProcess(string, string)"/>
    private protected new bool ShouldProcess(string target, string action) => base.ShouldProcess(TerminalText.Line(target), TerminalText.Line(action));

    /// <inheritdoc cref="Cmdlet.ShouldProcess(string, string, string)"/>
    private protected new bool ShouldProcess(string verboseDescription, string verboseWarning, string caption) =>
        base.ShouldProcess(TerminalText.Lines(verboseDescription), TerminalText.Lines(verboseWarning), caption);

    /// <summary>The session's file system.</summary>
    private protected InputFiles Files => new(SessionState);

    /// <summary>Does the work of every file that paths with wildcard characters name.</summary>
    private protected void ForEachPath(IEnumerable<string> paths, string activity, Action<string> work) =>
        ForEachFile(paths, path => Files.Matching(path), activity, work);

    /// <summary>Does the work of every file that paths name as they stand.</summary>
    private protected void ForEachLiteralPath(IEnumerable<string> paths, string activity, Action<string> work) =>
        ForEachFile(paths, path => [Files.Literal(path)], activity, work);

    /// <summary>Shows progress once the command has run for more than a second, and not on every item.</summary>
    /// <param name="activity">What is done.</param>
    /// <param name="count">How many items.</param>
    /// <param name="item">The item that is being worked on.</param>
    /// <param name="total">How many there are in all, where it is known.</param>
    private protected void ShowProgress(string activity, long count, string item, int? total = null)
    {
        if (IsProgressDue)
        {
            Show(new ProgressRecord(0, activity, TerminalText.Line(total is null ? $"{count:N0}: {item}" : $"{count:N0} of {total:N0}: {item}")) { PercentComplete = Percent(count, total) });
        }
    }

    /// <summary>Likewise, in bytes, with the time that is left at the rate so far.</summary>
    /// <param name="activity">What is done.</param>
    /// <param name="bytes">How many bytes are done.</param>
    /// <param name="total">How many there are in all, where it is known.</param>
    /// <param name="what">What else there is to say.</param>
    internal void ShowByteProgress(string activity, long bytes, long? total, string what)
    {
        if (IsProgressDue)
        {
            string done = $"{Megabytes(bytes)}{(total is null ? "" : $" of {Megabytes(total.Value)}")} MB, {what}";
            Show(new ProgressRecord(0, activity, done)
            {
                PercentComplete = Percent(bytes, total),
                SecondsRemaining = bytes > 0 && total is not null ? (int)Math.Min(int.MaxValue, _running.Elapsed.TotalSeconds * Math.Max(0, total.Value - bytes) / bytes) : -1,
            });
        }
    }

    private bool IsProgressDue => _running.Elapsed >= _nextProgress;

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("N1", System.Globalization.CultureInfo.CurrentCulture);

    private static int Percent(long done, long? total) => total is > 0 ? (int)Math.Clamp(100 * done / total.Value, 0, 100) : -1;

    // A new record each time: hosts keep them.
    private void Show(ProgressRecord progress)
    {
        _progress = progress;
        WriteProgress(progress);
        _nextProgress = _running.Elapsed + ProgressEvery;
    }

    private void ForEachFile(IEnumerable<string> paths, Func<string, IReadOnlyList<string>> resolve, string activity, Action<string> work)
    {
        foreach (string path in paths)
        {
            ForInput(path, () =>
            {
                foreach (string file in resolve(path))
                {
                    ShowProgress(activity, ++_files, file);
                    ReportFailure(() => work(file), failure => ErrorRecords.CreateForFile(failure, file));
                }
            });
        }
    }

    private void ReportFailure(Action work, Func<DataProtectionException, ErrorRecord> record)
    {
        try
        {
            work();
        }
        catch (DataProtectionException failure)
        {
            HasFailed = true;
            WriteError(record(failure));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
