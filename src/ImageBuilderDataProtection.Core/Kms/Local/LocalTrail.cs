using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using ImageBuilderDataProtection.Audit;
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
        string minute = moment.ToString("yyyyMMdd'T'HHmm'Z'", CultureInfo.InvariantCulture);
        LocalKmsStore.CreateFolder(folder);
        AtomicFile.Write(
            Path.Combine(folder, $"{account}_CloudTrail_{region}_{minute}_{Unique(moment)}.json.gz"),
            Compress(record.ToTrailFile()),
            replace: false,
            ownerOnly: true);
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

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream(content.Length);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
