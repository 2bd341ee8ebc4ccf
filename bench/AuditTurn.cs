using System.Diagnostics;

namespace ImageBuilderDataProtection.Bench;

/// <summary>One contestant's turn.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Matches">How many records it found.</param>
/// <param name="CpuSeconds">How long it kept cores busy, all of them together; NaN when that was not looked at.</param>
/// <param name="PeakBytes">The most memory that its process held; 0 when that was not looked at.</param>
internal sealed record AuditTurn(double Seconds, long Matches, double CpuSeconds = double.NaN, long PeakBytes = 0)
{
    /// <summary>Takes the time of a turn in this process.</summary>
    public static AuditTurn Of(Func<long> count)
    {
        // What the turn before left behind is not this one's.
        GC.Collect();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        long matches = count();
        return new AuditTurn(Stopwatch.GetElapsedTime(start).TotalSeconds, matches, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }
}
