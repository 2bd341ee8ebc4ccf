using System.Globalization;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;

namespace ImageBuilderDataProtection.Tests.Kms;

/// <summary>Several processes on one store, and processes that are killed.</summary>
public sealed class LocalKmsProcessTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("ibdp-kms-").FullName, "kms");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public async Task Four_processes_at_once_lose_no_key_and_no_record()
    {
        const int Processes = 4;
        const int Rounds = 12;
        WorkerProcess[] running = [.. Enumerable.Range(0, Processes).Select(_ => Start(Rounds))];
        string[] lines = [.. (await Task.WhenAll(running.Select(static worker => worker.ReadToEndAsync()))).SelectMany(static lines => lines)];
        foreach (WorkerProcess worker in running)
        {
            Assert.Equal(0, worker.ExitCode);
            worker.Dispose();
        }

        Assert.Equal(Processes * Rounds, lines.Count(static line => line.StartsWith("KEY ", StringComparison.Ordinal)));
        HashSet<string> trail = await CheckAsync(lines);
        Assert.Equal(lines.Count(static line => line.StartsWith("CALL ", StringComparison.Ordinal)), trail.Count);
    }

    [Fact]
    public async Task Processes_killed_at_any_moment_leave_a_store_with_all_that_was_acknowledged()
    {
        var random = new Random(20240506);
        var lines = new List<string>();
        for (int i = 0; i < 40; i++)
        {
            using WorkerProcess worker = Start(int.MaxValue);
            lines.AddRange(await worker.KillAfterAsync(random.Next(1, 25), TimeSpan.FromMilliseconds(random.NextDouble() * 8)));
        }

        await CheckAsync([.. lines]);
    }

    private WorkerProcess Start(int rounds) => new("kms", _folder, rounds.ToString(CultureInfo.InvariantCulture));

    /// <summary>Everything acknowledged is there and usable; answers the request ids of the trail.</summary>
    private async Task<HashSet<string>> CheckAsync(string[] lines)
    {
        IKms kms = LocalKmsStore.Open(_folder).ForCaller(LocalCaller.AccountRoot("111122223333"), "us-west-2");
        EncryptionContext context = EncryptionContext.Empty.With(
            EncryptionContext.WorkflowArnKey, "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/stress/1.0.0/*");
        var errors = new List<AuditReadException>();
        var trail = new AuditReader { Filter = new() { AllKmsEvents = true } }.Read([Path.Combine(_folder, "trail")], errors.Add)
            .Select(static record => record.RequestId).OfType<string>().ToHashSet();
        Assert.Empty(errors);
        foreach (string[] words in lines.Select(static line => line.Split(' ')))
        {
            switch (words[0])
            {
                case "KEY":
                    KeyArn key = KeyArn.Parse(words[1]);
                    await kms.GenerateDataKeyAsync(key, context, default);
                    await kms.RotateKeyOnDemandAsync(key, default);
                    break;
                case "BLOB":
                    DecryptedData opened = await kms.DecryptAsync(KeyIdentifier.Parse(words[1]), Convert.FromHexString(words[3]), context, default);
                    Assert.Equal(words[2], Convert.ToHexString(opened.Plaintext));
                    break;
                default:
                    Assert.Contains(words[1], trail);
                    break;
            }
        }

        return trail;
    }
}
