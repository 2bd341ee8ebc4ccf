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
