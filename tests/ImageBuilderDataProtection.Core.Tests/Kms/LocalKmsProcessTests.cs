using System.Diagnostics;
using System.Globalization;
using ImageBuilderDataProtection.Audit;
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
        Process[] running = [.. Enumerable.Range(0, Processes).Select(_ => Start(Rounds))];
        Task<string>[] outputs = [.. running.Select(static process => process.StandardOutput.ReadToEndAsync())];
        Task<string>[] errors = [.. running.Select(static process => process.StandardError.ReadToEndAsync())];
        string[] lines = [.. (await Task.WhenAll(outputs)).SelectMany(Lines)];
        Assert.Equal("", string.Concat(await Task.WhenAll(errors)));
        foreach (Process process in running)
        {
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            process.Dispose();
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
            using Process process = Start(rounds: 0);
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string? first = await process.StandardOutput.ReadLineAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 120));
            process.Kill();
            string rest = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal("", await errors);
            Assert.NotNull(first);
            lines.AddRange(Lines(first + "\n" + rest));
        }

        await CheckAsync([.. lines]);
        Assert.InRange(lines.Count, 200, int.MaxValue);
    }

    // A line that the kill cut off acknowledges nothing.
    private static string[] Lines(string output) => output.Split('\n')[..^1];

    private Process Start(int rounds)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "LocalKmsStress.dll"), _folder, rounds.ToString(CultureInfo.InvariantCulture) },
        };
        return Process.Start(start)!;
    }

    /// <summary>Everything acknowledged is there and usable; answers the request ids of the trail.</summary>
    private async Task<HashSet<string>> CheckAsync(string[] lines)
    {
        IKms kms = LocalKmsStore.Open(_folder).ForCaller(LocalCaller.AccountRoot("111122223333"), "us-west-2");
        EncryptionContext context = EncryptionContext.Create([KeyValuePair.Create(
            EncryptionContext.WorkflowArnKey, "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/stress/1.0.0/*")]);
        var errors = new List<AuditReadException>();
        var trail = new AuditReader { AllKmsEvents = true }.Read([Path.Combine(_folder, "trail")], errors.Add)
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
