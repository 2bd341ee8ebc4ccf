using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// The digest files of a local KMS's trail, of CloudTrail's own form, signed with a key of the store's own. The first record of
/// an hour closes the time before it, for its account and region; whoever asks for it may close it sooner.
/// <para>
/// A digest file is written by one process at a time, and twice: first as <c>pending.json</c>, then to the trail. A process that
/// is killed in between leaves the first, and the next one finishes the work. The files of the store are
/// <c>digests/signing.key</c>, <c>digests/pending.json</c> and <c>digests/{account}/{region}/last.json</c>.
/// </para>
/// </summary>
internal sealed class LocalDigests(LocalKmsStore store)
{
    /// <summary>What stands for the bucket, and for the name of the trail.</summary>
    public const string Trail = "local-kms";

    // So that a digest file stays below its size limit; where there are more, several are made.
    private const int MaxLogFiles = 50_000;

    // A process that is held up between naming a record and writing it may do so after the digest file of its time. Then the
    // next digest file names it; until then it is pending.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(10);

    // The hour, counted from year 1, whose first record is known to have been seen.
    private readonly ConcurrentDictionary<(string Account, string Region), long> _hours = new();

    private string Folder => Path.Combine(store.Folder, "digests");

    private string PendingPath => Path.Combine(Folder, "pending.json");

    private LocalDigestKey Key => new(store, Folder);

    /// <summary>Is told of each record before it is written; at the first of an hour, closes the time before that hour.</summary>
    public void CloseHours(string account, string region, DateTime moment)
    {
        long hour = moment.Ticks / TimeSpan.TicksPerHour;
        if (_hours.TryGetValue((account, region), out long seen) && seen >= hour)
        {
            return;
        }

        var end = new DateTime(hour * TimeSpan.TicksPerHour, DateTimeKind.Utc);
        if (IsDue(account, region, end))
        {
            LocalKmsStore.CreateFolder(Folder);
            using StoreLock? held = StoreLock.TryAcquire(Folder);
            if (held is null)
            {
                // Another process writes or reads them; the next record sees whether there is still something to do.
                return;
            }

            Finish();
            if (IsDue(account, region, end))
            {
                Write(account, region, end, before: end, CancellationToken.None);
            }
        }

        _hours[(account, region)] = hour;
    }

    /// <summary>Closes the time until now in every account and region.</summary>
    public async Task WriteAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            LocalKmsStore.CreateFolder(Folder);
            using StoreLock held = await StoreLock.AcquireAsync(Folder, cancellationToken);
            Finish();
            foreach ((string account, string region) in LocalTrail.Places(store).ToArray())
            {
                DateTime now = store.Clock.GetUtcNow().UtcDateTime;
                var end = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);

                // Digest files are named by the second, and follow each other.
                if (ReadLast(account, region)?.End is { } last && last >= end)
                {
                    end = last.AddSeconds(1);
                }

                Write(account, region, end, before: null, cancellationToken);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw store.Unusable(error);
        }
    }

    /// <summary>Checks the trail.</summary>
    public IEnumerable<LogIntegrityResult> Check(DateTime? startTime, DateTime? endTime, string? region, int parallelism, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Folder))
        {
            throw NoDigestFiles();
        }

        using StoreLock held = Acquire(cancellationToken);
        LogIntegrityCheck check = MakeCheck(startTime, endTime, region, parallelism);
        foreach (LogIntegrityResult result in check.Check(store.TrailFolder, cancellationToken))
        {
            yield return result;
        }
    }

    private StoreLock Acquire(CancellationToken cancellationToken)
    {
        try
        {
            StoreLock held = StoreLock.AcquireAsync(Folder, cancellationToken).GetAwaiter().GetResult();
            Finish();
            return held;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw store.Unusable(error);
        }
    }

    private LogIntegrityCheck MakeCheck(DateTime? startTime, DateTime? endTime, string? region, int parallelism)
    {
        try
        {
            return Key.ReadPublic() is not { } key
                ? throw NoDigestFiles()
                : new LogIntegrityCheck(new DigestPublicKeys([key]))
                {
                    StartTime = startTime,
                    EndTime = endTime,
                    Region = region,
                    Parallelism = parallelism,
                    DeliveryDelay = LongestDelay,
                    IsHourly = false,
                    KnownDigests = [.. Directory.EnumerateFiles(Folder, "last.json", SearchOption.AllDirectories).Select(path => LocalDigestEntry.Parse(File.ReadAllBytes(path), path).Key)],
                };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw store.Unusable(error);
        }
    }

    private DataProtectionException NoDigestFiles() => new(
        "NoDigestFiles",
        FailureKind.NotFound,
        $"The local KMS in \"{store.Folder}\" has no digest files yet; the first record of the next hour makes them, or -WriteDigest does at once.");

    private bool IsDue(string account, string region, DateTime end) => ReadLast(account, region) is { } last
        ? last.End < end
        : LocalTrail.Since(store, account, region, from: null, before: end).Count > 0;

    private void Write(string account, string region, DateTime end, DateTime? before, CancellationToken cancellationToken)
    {
        LocalDigestEntry? last = ReadLast(account, region);
        DateTime? from = last?.End - LongestDelay;
        HashSet<string> named = Named(last, from, cancellationToken);
        List<LocalRecordFile> records = LocalTrail.Since(store, account, region, from, before);
        records.RemoveAll(record => named.Contains(KeyOf(record)));
        using RSA signing = Key.OpenOrCreate();
        for (int done = 0; records.Count - done > MaxLogFiles; done += MaxLogFiles)
        {
            DateTime moment = records[done + MaxLogFiles - 1].Moment;
            DateTime until = new(moment.Ticks - (moment.Ticks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond, DateTimeKind.Utc);
            last = Write(account, region, last, until, records.GetRange(done, MaxLogFiles), signing, cancellationToken);
        }

        int rest = records.Count == 0 ? 0 : ((records.Count - 1) % MaxLogFiles) + 1;
        Write(account, region, last, last?.End >= end ? last.End.AddSeconds(1) : end, records.GetRange(records.Count - rest, rest), signing, cancellationToken);
    }

    private LocalDigestEntry Write(
        string account, string region, LocalDigestEntry? last, DateTime end, List<LocalRecordFile> records, RSA signing, CancellationToken cancellationToken)
    {
        DateTime start = last?.End ?? (records.Count > 0 ? LogName.MinuteOf(records[0].Moment) : end);
        var digest = new DigestFile
        {
            Account = account,
            StartTime = Text(start < end ? start : end),
            EndTime = Text(end),
            Bucket = Trail,
            Key = DigestName.Make(account, region, Trail, end),
            KeyFingerprint = DigestPublicKey.Fingerprint(signing.ExportRSAPublicKey()),
            Previous = last is null ? null : new DigestLink(Trail, last.Key, last.Hash, last.Signature),
            LogFiles = [.. records.Select(record => LogFile(record, cancellationToken)).OfType<DigestLogFile>()],
        };
        byte[] content = digest.ToFile();
        byte[] hash = SHA256.HashData(content);
        var entry = new LocalDigestEntry
        {
            Account = account,
            Region = region,
            Key = digest.Key,
            End = end,
            Hash = Hex(hash),
            Signature = Hex(signing.SignData(digest.DataToSign(hash), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            File = LocalTrail.Compress(content),
        };
        AtomicFile.Write(PendingPath, entry.ToJson(), replace: true, ownerOnly: true);
        Finish();
        return entry;
    }

    // Writes what is pending. Each step can be done again, by another process if this one is killed.
    private void Finish()
    {
        if (!File.Exists(PendingPath))
        {
            return;
        }

        LocalDigestEntry entry = LocalDigestEntry.Parse(File.ReadAllBytes(PendingPath), PendingPath);
        string path = Path.Combine(store.TrailFolder, entry.Key.Replace('/', Path.DirectorySeparatorChar));
        LocalKmsStore.CreateFolder(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, entry.File, replace: true, ownerOnly: true);
        AtomicFile.Write(path + DigestName.SignatureSuffix, Encoding.UTF8.GetBytes(LogFolder.SignatureFile(entry.Signature)), replace: true, ownerOnly: true);
        string last = LastPath(entry.Account, entry.Region);
        LocalKmsStore.CreateFolder(Path.GetDirectoryName(last)!);
        AtomicFile.Write(last, (entry with { File = [] }).ToJson(), replace: true, ownerOnly: true);
        File.Delete(PendingPath);
    }

    // The records that digest files name already, back to a moment. Those of a digest file that cannot be read are named again.
    private HashSet<string> Named(LocalDigestEntry? last, DateTime? from, CancellationToken cancellationToken)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        var trail = new LogFolder(store.TrailFolder);
        DigestName? name = last is null ? null : DigestName.TryParse(last.Key);
        while (name is not null && name.End > from)
        {
            DigestFile? digest = DigestReading.Read(trail, name, cancellationToken).Digest;
            named.UnionWith(digest?.LogFiles.Select(static file => file.Key) ?? []);
            DigestName? previous = digest?.Previous is { } link ? DigestName.TryParse(link.Key) : null;
            name = previous?.End < name.End ? previous : null;
        }

        return named;
    }

    // A file that is not what the trail writes has no hash to be named with. So the check finds it: no digest file names it.
    private DigestLogFile? LogFile(LocalRecordFile record, CancellationToken cancellationToken)
    {
        try
        {
            using Stream? file = new LogFolder(store.TrailFolder).Open(KeyOf(record), cancellationToken);
            string time = Text(record.Moment);
            return file is null ? null : new DigestLogFile(Trail, KeyOf(record), Hex(GzipContent.Hash(file, LogIntegrityCheck.MaxLogFileBytes, cancellationToken)), time, time);
        }
        catch (DataProtectionException error) when (error.Kind is FailureKind.InvalidData or FailureKind.LimitExceeded)
        {
            return null;
        }
    }

    private string KeyOf(LocalRecordFile record) => Path.GetRelativePath(store.TrailFolder, record.Path).Replace(Path.DirectorySeparatorChar, '/');

    private LocalDigestEntry? ReadLast(string account, string region)
    {
        string path = LastPath(account, region);
        return File.Exists(path) ? LocalDigestEntry.Parse(File.ReadAllBytes(path), path) : null;
    }

    private string LastPath(string account, string region) => Path.Combine(Folder, account, region, "last.json");

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    private static string Text(DateTime time) => time.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture);
}
