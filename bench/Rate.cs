using System.Diagnostics;

namespace ImageBuilderDataProtection.Bench;

/// <summary>
/// Operations a second. Machines are shared and noisy, so what is compared is measured in turns, round after round, and
/// each takes the median of its rounds: a slow moment hits both sides alike.
/// </summary>
internal static class Rate
{
    private const int Rounds = 41;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(30);

    /// <summary>Measures several operations in turns; the answer has one rate an operation, in their order.</summary>
    public static double[] Measure(params Action[] operations)
    {
        foreach (Action operation in operations)
        {
            Run(operation, TimeSpan.FromMilliseconds(250));
        }

        double[][] rates = [.. operations.Select(static _ => new double[Rounds])];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < operations.Length; i++)
            {
                rates[i][round] = Run(operations[i], Turn);
            }
        }

        return [.. rates.Select(Median)];
    }

    /// <summary>Bytes one call allocates, on this thread, once warm.</summary>
    public static long Allocated(Action operation)
    {
        const int Calls = 50;
        operation();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            operation();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }

    private static double Run(Action operation, TimeSpan length)
    {
        long start = Stopwatch.GetTimestamp();
        long end = start + (long)(length.TotalSeconds * Stopwatch.Frequency);
        long count = 0;
        long now;
        do
        {
            operation();
            count++;
            now = Stopwatch.GetTimestamp();
        }
        while (now < end);

        return count / Stopwatch.GetElapsedTime(start, now).TotalSeconds;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
