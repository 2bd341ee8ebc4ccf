using System.Security.Cryptography;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Tests.Protection;

/// <summary>Real processes that protect and open through one local KMS, killed at random moments or many at once.</summary>
public sealed class CrashSafetyTests : IDisposable
{
    private const string Role = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/crash/1.0.0/*";
    private const int Kills = 200;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _document = RandomNumberGenerator.GetBytes(10_000);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_200_times_it_leaves_no_torn_or_missing_file_and_a_store_that_opens()
    {
        await CreateKeyAsync();

        // Two lanes, each with its own document; both work on the one store.
        await Parallel.ForAsync(0, 2, (lane, _) => new ValueTask(KillRepeatedlyAsync($"doc{lane}.yml", Kills / 2)));
    }

    [Fact]
    public async Task Four_processes_at_once_lose_no_key_and_no_audit_record()
    {
        const int Rounds = 20;
        await CreateKeyAsync();
        string[] sources = [.. Enumerable.Range(0, 4).Select(i => _folder[$"doc{i}.yml"])];
        foreach (string source in sources)
        {
            await File.WriteAllBytesAsync(source, _document);
        }

        WorkerProcess[] workers = [.. sources.Select(source => Start(source, Rounds))];
        IReadOnlyList<string>[] printed = await Task.WhenAll(workers.Select(static worker => worker.ReadToEndAsync()));

        Assert.All(workers, static worker => Assert.Equal(0, worker.ExitCode));
        string[] acknowledged = [.. printed.SelectMany(static lines => lines)];
        Assert.Equal(4 * 2 * Rounds, acknowledged.Length);
        AssertRecorded(acknowledged);
        foreach (string source in sources)
        {
            await AssertOpensAsync(source);
        }

        foreach (WorkerProcess worker in workers)
        {
            worker.Dispose();
        }
    }

    private async Task KillRepeatedlyAsync(string name, int times)
    {
        string source = _folder[name];
        await File.WriteAllBytesAsync(source, _document);
        var acknowledged = new List<string>();
        for (int i = 0; i < times; i++)
        {
            // The first two lines are one round, spent on starting up; the kill falls into a round after it.
            using WorkerProcess worker = Start(source, int.MaxValue);
            TimeSpan more = TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * 8);
            acknowledged.AddRange(await worker.KillAfterAsync(Random.Shared.Next(2, 8), more));

            await AssertOpensAsync(source);
            Assert.Equal(_document, await File.ReadAllBytesAsync(source));
            Assert.Equal(_document, await File.ReadAllBytesAsync(source + ".opened"));
        }

        AssertRecorded(acknowledged);
    }

    private WorkerProcess Start(string source, int count) =>
        new("protect", _folder["kms"], Role, Workflow, source, count.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private async Task AssertOpensAsync(string source)
    {
        WorkflowDocument opened = await new WorkflowProtector(Kms(LocalCaller.AssumeRole(PrincipalArn.ParseRole(Role)))).OpenFileAsync(
            source + ".encrypted", target: null, new OpeningSettings { WorkflowArn = Workflow }, keepContent: true, replace: false, CancellationToken.None);
        Assert.Equal(_document, opened.Content);
    }

    private async Task CreateKeyAsync()
    {
        IKms kms = Kms(LocalCaller.AccountRoot("111122223333"));
        DescribedKey created = await kms.CreateKeyAsync(
            KeyPolicy.ForWorkflows([PrincipalArn.ParseRole(Role)]).ToJson(), null, false, CancellationToken.None);
        await kms.CreateAliasAsync("alias/Workflows", created.Key.Arn, CancellationToken.None);
    }

    private IKms Kms(LocalCaller caller) => LocalKmsStore.Open(_folder["kms"]).ForCaller(caller, "us-west-2");

    private void AssertRecorded(IEnumerable<string> acknowledged) =>
        Assert.Empty(acknowledged.Select(static line => line.Split(' ')[1]).Except(ReadTrail().Select(static auditEvent => auditEvent.EventId!)));

    private IEnumerable<KmsAuditEvent> ReadTrail() =>
        new AuditReader { Filter = new() { AllKmsEvents = true } }.Read([LocalKmsStore.Open(_folder["kms"]).TrailFolder], static error => throw error);
}
