using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// The trail of the local KMS, in CloudTrail's own layout and names ("CloudTrail log file name format" in the CloudTrail User
/// Guide). A file holds one record: a record is there as a whole or not at all, without any lock between processes.
/// </summary>
internal static class LocalTrail
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    // Six digits count the ticks of a minute (600,000,000 < 36^6), ten are random. So the order of names is the order of time.
    private const int TimeDigits = 6;
    private const int RandomDigits = 10;

    /// <summary>Writes one record; when this returns, it is on disk.</summary>
    public static void Append(LocalKmsStore store, KmsAuditEvent record, DateTimeOffset time)
    {
        string account = record.RecipientAccountId!;
        string region = record.AwsRegion!;
        DateTime moment = store.NextMoment(time.UtcDateTime);
        string folder = Path.Combine(
            store.TrailFolder, "AWSLogs", account, "CloudTrail", region, moment.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture).Replace('/', Path.DirectorySeparatorChar));
        store.Digests.CloseHours(account, region, moment);
        string minute = moment.ToString(LogName.MinuteFormat, CultureInfo.InvariantCulture);
        LocalKmsStore.CreateFolder(folder);
        AtomicFile.Write(
            Path.Combine(folder, $"{account}_CloudTrail_{region}_{minute}_{Unique(moment)}.json.gz"),
            Compress(record.ToTrailFile()),
            replace: false,
            ownerOnly: true);
    }

    /// <summary>The accounts and regions that have records.</summary>
    public static IEnumerable<(string Account, string Region)> Places(LocalKmsStore store) =>
        from account in Folders(Path.Combine(store.TrailFolder, "AWSLogs"))
        from region in Folders(Path.Combine(account, "CloudTrail"))
        orderby account, region
        select (Path.GetFileName(account), Path.GetFileName(region));

    /// <summary>The records of an account and region since a moment, with the moments they are filed under, in order.</summary>
    /// <param name="store">The store.</param>
    /// <param name="account">The account.</param>
    /// <param name="region">The region.</param>
    /// <param name="from">The moment, UTC; null for the first.</param>
    /// <param name="before">The moment, UTC, that all must be before; null for none.</param>
    public static List<LocalRecordFile> Since(LocalKmsStore store, string account, string region, DateTime? from, DateTime? before)
    {
        var records = new List<LocalRecordFile>();
        foreach (string path in NewestFirst(store, account, region, from, before, before: null))
        {
            if (LocalRecordFile.TryParse(path) is { } record && !(record.Moment < from) && !(record.Moment >= before))
            {
                records.Add(record);
            }
        }

        records.Sort(static (a, b) => a.Moment != b.Moment ? a.Moment.CompareTo(b.Moment) : string.CompareOrdinal(a.Path, b.Path));
        return records;
    }

    /// <summary>The paths of the records of an account and region, the newest first.</summary>
    /// <param name="store">The store.</param>
    /// <param name="account">The account.</param>
    /// <param name="region">The region.</param>
    /// <param name="from">The day, UTC, before which nothing is wanted; null for none.</param>
    /// <param name="to">The day, UTC, after which nothing is wanted; null for none.</param>
    /// <param name="before">The file name that all must stand before in time; null for none.</param>
    public static IEnumerable<string> NewestFirst(LocalKmsStore store, string account, string region, DateTime? from, DateTime? to, string? before)
    {
        string? first = from?.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

        // A record is filed under a moment that can be a little later than its time: see NextMoment.
        string? last = to < DateTime.MaxValue.AddDays(-1) ? to?.AddDays(1).ToString("yyyyMMdd", CultureInfo.InvariantCulture) : null;
        return
            from year in Folders(Path.Combine(store.TrailFolder, "AWSLogs", account, "CloudTrail", region))
            from month in Folders(year)
            from day in Folders(month)
            let date = Path.GetFileName(year) + Path.GetFileName(month) + Path.GetFileName(day)
            where (first is null || string.CompareOrdinal(date, first) >= 0) && (last is null || string.CompareOrdinal(date, last) <= 0)
            from file in Directory.EnumerateFiles(day, "*.json.gz").OrderByDescending(static path => path, StringComparer.Ordinal)
            where before is null || string.CompareOrdinal(Path.GetFileName(file), before) < 0
            select file;
    }

    private static IEnumerable<string> Folders(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder).OrderByDescending(static path => path, StringComparer.Ordinal)
        : [];

    private static string Unique(DateTime moment)
    {
        Span<char> text = stackalloc char[TimeDigits];
        long ticks = moment.Ticks % TimeSpan.TicksPerMinute;
        for (int i = TimeDigits - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(ticks % Digits.Length)];
            ticks /= Digits.Length;
        }

        return string.Concat(text, RandomNumberGenerator.GetString(Digits, RandomDigits));
    }

    /// <summary>The moment in the file name of a record: a minute, and the first digits of what comes after it; null when it has none.</summary>
    public static DateTime? MomentOf(string fileName)
    {
        if (LogName.TimeOf(fileName) is not { } minute || fileName.Split('_')[^1] is not { Length: >= TimeDigits } unique)
        {
            return null;
        }

        long ticks = 0;
        foreach (char digit in unique.AsSpan(0, TimeDigits))
        {
            int value = Digits.IndexOf(digit, StringComparison.Ordinal);
            ticks = value < 0 ? long.MaxValue : Math.Min((ticks * Digits.Length) + value, TimeSpan.TicksPerMinute);
        }

        return ticks < TimeSpan.TicksPerMinute ? minute.AddTicks(ticks) : null;
    }

    /// <summary>Compresses a file of the trail.</summary>
    public static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream(content.Length);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
