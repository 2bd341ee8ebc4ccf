using System.Diagnostics;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Protection;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Bench;

/// <summary>
/// Protecting many workflows at a time with a KMS that is some way off, against what it takes at best: the waiting, shared
/// among those that wait together, and the local work.
/// </summary>
internal static class BatchBenchmark
{
    private const int Count = 500;
    private const int ThrottleLimit = 16;
    private const int Rounds = 5;
    private const int DocumentBytes = 16 * 1024;
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(25);

    public static async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("ibdp-bench-").FullName;
        try
        {
            await RunAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string folder)
    {
        string[] sources = [.. Enumerable.Range(0, Count).Select(i => Path.Combine(folder, $"w{i:000}.yml"))];
        byte[] document = new byte[DocumentBytes];
        document.AsSpan().Fill((byte)'#');
        foreach (string source in sources)
        {
            await File.WriteAllBytesAsync(source, document);
        }

        IKms kms = LocalKmsStore.Open(Path.Combine(folder, "kms")).ForCaller(LocalCaller.AccountRoot("111122223333"), "us-west-2");
        DescribedKey key = await kms.CreateKeyAsync(policy: null, description: null, bypassPolicyLockoutSafetyCheck: false, CancellationToken.None);
        KeyIdentifier id = KeyIdentifier.Parse(key.Key.Arn.Value);
        IKms far = DelayedKms.Around(kms, Delay);

        double waiting = (double)Count / ThrottleLimit * Delay.TotalSeconds;
        Console.WriteLine($"{Count} workflows of {DocumentBytes / 1024} KB, {ThrottleLimit} at a time, on {Environment.ProcessorCount} cores, with a local KMS in a folder. Seconds: with");
        Console.WriteLine($"{Delay.TotalMilliseconds:0} ms added to each KMS call; the ideal, {Count}/{ThrottleLimit} x {Delay.TotalMilliseconds:0} ms = {waiting:F2} and the local work; the same batch with nothing added,");
        Console.WriteLine($"which is the local work. Medians of {Rounds} rounds taken in turns. Goal: 1.3 times the ideal.");
        Console.WriteLine();
        Console.WriteLine("              delayed    ideal    local   delayed/ideal");
        foreach (bool sign in (bool[])[true, false])
        {
            var settings = new ProtectionSettings { WorkflowArn = WorkflowArn.Parse(Workflow), Keys = [id], Sign = sign };
            Protect(kms, sources, folder, settings);
            double[] local = new double[Rounds];
            double[] delayed = new double[Rounds];
            for (int round = 0; round < Rounds; round++)
            {
                local[round] = Protect(kms, sources, folder, settings);
                delayed[round] = Protect(far, sources, folder, settings);
            }

            double ideal = waiting + Median(local);
            Console.WriteLine($"{(sign ? "signed" : "unsigned"),-10}    {Median(delayed),7:F2}  {ideal,7:F2}  {Median(local),7:F2}            {Median(delayed) / ideal:F2}");
        }
    }

    /// <summary>Protects all as the cmdlet does, and answers how many seconds it took.</summary>
    private static double Protect(IKms kms, string[] sources, string folder, ProtectionSettings settings)
    {
        string output = Path.Combine(folder, "out");
        var protector = new WorkflowProtector(kms);
        var targets = new TargetPaths(output + Path.DirectorySeparatorChar);
        long start = Stopwatch.GetTimestamp();
        int done = 0;
        using (var batch = new FileBatch<ProtectedWorkflow>(ThrottleLimit, CancellationToken.None))
        {
            foreach (string source in sources)
            {
                string target = targets.ForProtecting(source);
                while (!batch.HasRoom)
                {
                    batch.WaitUntil(static batch => batch.HasRoom || batch.IsOldestDone, TimeSpan.FromSeconds(1));
                    done += Take(batch);
                }

                batch.Start(source, target, stop => protector.ProtectFileAsync(source, target, settings, replace: false, stop));
                done += Take(batch);
            }

            while (!batch.IsEmpty)
            {
                batch.WaitUntil(static batch => batch.IsOldestDone, TimeSpan.FromSeconds(1));
                done += Take(batch);
            }
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Directory.Delete(output, recursive: true);
        return done == Count ? seconds : throw new InvalidOperationException($"{done} of {Count} were protected.");
    }

    private static int Take(FileBatch<ProtectedWorkflow> batch)
    {
        int taken = 0;
        for (; batch.IsOldestDone; taken++)
        {
            _ = batch.Take().Work.GetAwaiter().GetResult();
        }

        return taken;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
