using System.Diagnostics;

namespace ImageBuilderDataProtection.Tests;

/// <summary>
/// A real process of our own (tests/Workers) that works until it is killed or told to stop by the end of its standard
/// input. Killing is SIGKILL: the process gets no chance to tidy up.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    public WorkerProcess(params string[] arguments)
    {
        string worker = Path.Combine(AppContext.BaseDirectory, "ImageBuilderDataProtection.Workers.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [worker, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>The next line the worker printed; null at its end.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>Kills the process at once and returns the lines it had printed and no one had read.</summary>
    public IReadOnlyList<string> Kill()
    {
        _process.Kill();
        return ReadToEnd();
    }

    /// <summary>Waits for the process to end by itself; returns its unread lines.</summary>
    public IReadOnlyList<string> ReadToEnd()
    {
        var lines = new List<string>();
        while (ReadLine() is string line)
        {
            lines.Add(line);
        }

        _process.WaitForExit();
        return lines;
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
