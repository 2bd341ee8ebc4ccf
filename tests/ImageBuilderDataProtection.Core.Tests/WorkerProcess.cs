using System.Diagnostics;

namespace ImageBuilderDataProtection.Tests;

/// <summary>
/// A real process of our own (tests/Workers) that works until it is done or killed. Killing
/// is SIGKILL: the process gets no chance to tidy up.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    public WorkerProcess(params string[] arguments)
    {
        string worker = Path.Combine(AppContext.BaseDirectory, "ImageBuilderDataProtection.Workers.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [worker, .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>
    /// Lets the worker print some lines, waits a moment more, so that the kill falls anywhere within its next step, and
    /// kills it. How far it gets does not depend on how fast the machine is. Returns all lines printed in full.
    /// </summary>
    public async Task<IReadOnlyList<string>> KillAfterAsync(int lines, TimeSpan more)
    {
        var printed = new List<string>();
        for (int i = 0; i < lines; i++)
        {
            printed.Add(await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The worker ended by itself."));
        }

        await Task.Delay(more);
        _process.Kill();
        return [.. printed, .. await ReadToEndAsync()];
    }

    /// <summary>Waits for the process to end; returns its unread lines, without one that is not whole.</summary>
    public async Task<IReadOnlyList<string>> ReadToEndAsync()
    {
        string rest = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return rest.Split('\n')[..^1];
    }

    public int ExitCode => _process.ExitCode;

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
