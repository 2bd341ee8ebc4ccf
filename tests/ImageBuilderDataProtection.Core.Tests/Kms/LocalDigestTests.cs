using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Kms;

/// <summary>The digest files that a local KMS writes of its trail.</summary>
public sealed class LocalDigestTests : IDisposable
{
    private const string Account = "111122223333";
    private const string Region = "us-west-2";

    private readonly TemporaryFolder _folder = new();
    private readonly HandClock _clock = new();
    private readonly LocalKmsStore _store;
    private readonly IKms _kms;

    public LocalDigestTests()
    {
        _store = LocalKmsStore.Open(_folder["kms"], _clock);
        _kms = Kms(_store);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_record_of_an_hour_closes_the_time_before_it()
    {
        await CallAsync(3);
        Assert.Empty(Digests());
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => _store.CheckTrail(null, null, null, 2, default).ToArray());
        Assert.Equal("NoDigestFiles", error.ErrorId);

        _clock.Now = _clock.Now.AddHours(1);
        await CallAsync(2);
        string digest = Assert.Single(Digests());
        Assert.EndsWith($"CloudTrail-Digest/{Region}/2024/05/06/{Account}_CloudTrail-Digest_{Region}_local-kms_{Region}_20240506T080000Z.json.gz", digest, StringComparison.Ordinal);

        // Another process, after a night: one digest file for all of it.
        _clock.Now = _clock.Now.AddHours(13);
        await Kms(LocalKmsStore.Open(_store.Folder, _clock)).CreateKeyAsync(null, null, false, default);
        Assert.Equal(2, Digests().Length);
        LogIntegrityResult[] results = Check();
        Assert.Equal(2 + 5, results.Count(static result => result.Status == LogIntegrityStatus.Valid));
        Assert.Single(results, static result => result.Status == LogIntegrityStatus.Pending);
        Assert.Equal(8, results.Length);
    }

    [Fact]
    public async Task On_demand_all_records_are_named_and_every_change_is_found()
    {
        await CallAsync(2);
        await _store.WriteDigestsAsync(default);
        await CallAsync(2);
        await _store.WriteDigestsAsync(default);
        await _store.WriteDigestsAsync(default);
        Assert.Equal(3, Digests().Length);
        Assert.Equal(Enumerable.Repeat(LogIntegrityStatus.Valid, 3 + 4), Check().Select(static result => result.Status));
        foreach (string file in Directory.GetFiles(_store.TrailFolder, "*.gz", SearchOption.AllDirectories))
        {
            byte[] content = File.ReadAllBytes(file);
            File.Delete(file);
            Assert.Contains(Check(), result => result.File == file && result.Status == LogIntegrityStatus.Missing);
            byte[] changed = [.. content];
            changed[^12] ^= 1;
            File.WriteAllBytes(file, changed);
            Assert.Contains(Check(), result => result.File == file && result.Status == LogIntegrityStatus.Invalid);
            File.WriteAllBytes(file, content);
        }

        Assert.DoesNotContain(Check(), static result => result.IsProblem);
    }

    [Fact]
    public async Task The_newest_digest_file_cannot_be_removed_with_its_records()
    {
        await CallAsync(1);
        await _store.WriteDigestsAsync(default);
        _clock.Now = _clock.Now.AddMinutes(5);
        await CallAsync(1);
        await _store.WriteDigestsAsync(default);
        string newest = Digests()[^1];
        File.Delete(newest);
        File.Delete(newest + ".metadata.json");
        File.Delete(Directory.GetFiles(Path.Combine(_store.TrailFolder, "AWSLogs", Account, "CloudTrail"), "*.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last());
        LogIntegrityResult problem = Assert.Single(Check(), static result => result.IsProblem);
        Assert.Equal((LogIntegrityStatus.Missing, newest), (problem.Status, problem.File));
    }

    [Fact]
    public async Task A_record_that_was_added_to_a_closed_time_is_found_and_a_late_one_is_named()
    {
        await CallAsync(1);
        string[] first = Records();
        _clock.Now = _clock.Now.AddHours(2);
        await CallAsync(1);
        string added = first[0].Replace("json.gz", "", StringComparison.Ordinal)[..^2] + "zz.json.gz";
        File.Copy(first[0], added);
        await _store.WriteDigestsAsync(default);
        LogIntegrityResult problem = Assert.Single(Check(), static result => result.IsProblem);
        Assert.Equal((LogIntegrityStatus.Unexpected, added), (problem.Status, problem.File));

        // One that was named before its time was closed and written after: the next digest file has it.
        string last = Records()[^1];
        string late = last.Replace("json.gz", "", StringComparison.Ordinal)[..^2] + "zz.json.gz";
        File.Copy(last, late);
        await _store.WriteDigestsAsync(default);
        Assert.Contains(Check(), result => result.File == late && result.Status == LogIntegrityStatus.Valid);
    }

    [Fact]
    public async Task What_a_killed_process_left_is_finished()
    {
        await CallAsync(1);
        await _store.WriteDigestsAsync(default);
        string digest = Digests()[0];
        string last = Path.Combine(_store.Folder, "digests", Account, Region, "last.json");
        byte[] file = File.ReadAllBytes(digest);
        JObject pending = JObject.Parse(File.ReadAllText(last));
        pending["file"] = Convert.ToBase64String(file);
        string[][] lost = [[digest, digest + ".metadata.json", last], [digest + ".metadata.json", last], [last], []];
        foreach (string[] missing in lost)
        {
            File.WriteAllText(Path.Combine(_store.Folder, "digests", "pending.json"), pending.ToString());
            foreach (string path in missing)
            {
                File.Delete(path);
            }

            Assert.All(Check(), static result => Assert.Equal(LogIntegrityStatus.Valid, result.Status));
            Assert.Equal(file, File.ReadAllBytes(digest));
            Assert.False(File.Exists(Path.Combine(_store.Folder, "digests", "pending.json")));
        }
    }

    [Fact]
    public async Task A_copy_of_the_trail_is_proven_with_the_public_key_beside_it()
    {
        await CallAsync(2);
        await _store.WriteDigestsAsync(default);
        DigestPublicKeys keys = await DigestPublicKeys.ReadAsync(Path.Combine(_store.Folder, "public-keys.json"), default);
        Assert.All(new LogIntegrityCheck(keys).Check(_store.TrailFolder), static result => Assert.Equal(LogIntegrityStatus.Valid, result.Status));

        // Not by our own reader only: the signature is over the text that the guide tells.
        string path = Digests()[0];
        byte[] content = Gunzip(path);
        System.Text.Json.JsonElement digest = System.Text.Json.JsonDocument.Parse(content).RootElement;
        string signed = $"{digest.GetProperty("digestEndTime")}\n{digest.GetProperty("digestS3Bucket")}/{digest.GetProperty("digestS3Object")}\n{Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant()}\nnull";
        string signature = (string)JObject.Parse(File.ReadAllText(path + ".metadata.json"))["Metadata"]!["signature"]!;
        using RSA rsa = RSA.Create();
        rsa.ImportRSAPublicKey(Convert.FromBase64String((string)JObject.Parse(File.ReadAllText(Path.Combine(_store.Folder, "public-keys.json")))["PublicKeyList"]![0]!["Value"]!), out _);
        Assert.True(rsa.VerifyData(Encoding.UTF8.GetBytes(signed), Convert.FromHexString(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task Readers_of_the_trail_pass_digest_files_over_and_all_files_are_the_owners()
    {
        await CallAsync(2);
        await _store.WriteDigestsAsync(default);
        var errors = new List<AuditReadException>();
        Assert.Equal(2, new AuditReader { Filter = new AuditFilter { AllKmsEvents = true } }.Read([_store.TrailFolder], errors.Add).Count());
        Assert.Empty(errors);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in Directory.GetFiles(_store.Folder, "*", SearchOption.AllDirectories))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task Processes_that_write_and_check_at_once_and_are_killed_leave_a_whole_chain()
    {
        var random = new Random(20240507);
        for (int round = 0; round < 12; round++)
        {
            using var first = new WorkerProcess("digest", _store.Folder, int.MaxValue.ToString(CultureInfo.InvariantCulture));
            using var second = new WorkerProcess("digest", _store.Folder, int.MaxValue.ToString(CultureInfo.InvariantCulture));
            await Task.WhenAll(
                first.KillAfterAsync(random.Next(1, 8), TimeSpan.FromMilliseconds(random.NextDouble() * 8)),
                second.KillAfterAsync(random.Next(1, 8), TimeSpan.FromMilliseconds(random.NextDouble() * 8)));
        }

        LocalKmsStore store = LocalKmsStore.Open(_store.Folder);
        await store.WriteDigestsAsync(default);
        Assert.All(store.CheckTrail(null, null, null, 2, default), static result => Assert.Equal(LogIntegrityStatus.Valid, result.Status));
    }

    private static IKms Kms(LocalKmsStore store) => store.ForCaller(LocalCaller.AccountRoot(Account), Region);

    private async Task CallAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await _kms.CreateKeyAsync(null, null, false, default);
        }
    }

    private LogIntegrityResult[] Check() => [.. _store.CheckTrail(null, null, null, 2, default)];

    private string[] Digests() =>
        Directory.Exists(Path.Combine(_store.TrailFolder, "AWSLogs", Account, "CloudTrail-Digest"))
            ? [.. Directory.GetFiles(Path.Combine(_store.TrailFolder, "AWSLogs", Account, "CloudTrail-Digest"), "*.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
            : [];

    private static byte[] Gunzip(string path)
    {
        using var gzip = new System.IO.Compression.GZipStream(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    private string[] Records() =>
        [.. Directory.GetFiles(Path.Combine(_store.TrailFolder, "AWSLogs", Account, "CloudTrail"), "*.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private sealed class HandClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
