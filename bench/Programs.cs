using System.Diagnostics;
using System.Globalization;

namespace ImageBuilderDataProtection.Bench;

/// <summary>Runs other programs, and this one anew.</summary>
internal static class Programs
{
    /// <summary>The full path of a program on the PATH; null when there is none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => (string[])[Path.Combine(folder, name), Path.Combine(folder, name + ".exe")])
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a program and answers the lines that it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it said.</exception>
    public static List<string> Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        process.WaitForExit();
        return process.ExitCode == 0 ? lines : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
    }

    /// <summary>Takes a turn in a fresh process of this program, so that memory of others is not counted.</summary>
    public static AuditTurn RunSelf(params string[] arguments)
    {
        string self = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(self).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string[] answer = Run(self, isHost ? [typeof(Programs).Assembly.Location, .. arguments] : arguments)[^1].Split(' ');
        return new AuditTurn(
            double.Parse(answer[0], CultureInfo.InvariantCulture),
            long.Parse(answer[1], CultureInfo.InvariantCulture),
            PeakBytes: long.Parse(answer[2], CultureInfo.InvariantCulture));
    }

    /// <summary>Answers <see cref="RunSelf"/>.</summary>
    public static void Answer(AuditTurn turn)
    {
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{turn.Seconds:R} {turn.Matches} {self.PeakWorkingSet64}"));
    }
}
