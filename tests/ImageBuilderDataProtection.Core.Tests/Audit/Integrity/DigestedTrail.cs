using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Audit.Integrity;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Integrity;

/// <summary>
/// A folder as a copy of a bucket with log files and digest files, made and signed with a key of the test's own after the
/// CloudTrail User Guide, by other code than the one that is tested.
/// </summary>
internal sealed class DigestedTrail : IDisposable
{
    public const string Account = "111122223333";
    public static readonly DateTime Start = new(2015, 8, 17, 14, 1, 31, DateTimeKind.Utc);

    private static readonly byte[] NoRecords = "{\"Records\":[]}"u8.ToArray();
    private static readonly RSA SharedKey = RSA.Create(2048);
    private readonly TemporaryFolder _folder = new();
    private readonly string _region;
    private (string? Bucket, string? Key, string? Hash, string? Signature) _previous;
    private DateTime _end = Start;

    public DigestedTrail(int hours = 0, int logFiles = 2, bool signatures = true, string region = "us-east-2", string under = "")
    {
        _region = region;
        Root = Path.Combine(_folder.FullPath, under);
        for (int hour = 0; hour < hours; hour++)
        {
            AddDigest(logFiles, signatures);
        }
    }

    public string Root { get; }

    /// <summary>The bucket to which it delivers.</summary>
    public string Bucket { get; set; } = "amzn-s3-demo-bucket";

    /// <summary>The name of the trail.</summary>
    public string Name { get; set; } = "your-trail-name";

    /// <summary>The digest files, in order, as paths.</summary>
    public List<string> Digests { get; } = [];

    /// <summary>The log files of each digest file, as paths.</summary>
    public List<List<string>> Logs { get; } = [];

    public DateTime End => _end;

    public string[] Files => Directory.GetFiles(_folder.FullPath, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();

    public static byte[] PublicKey => SharedKey.ExportRSAPublicKey();

    /// <summary>Forgets the digest file before: the next one starts a chain.</summary>
    public void Restart(TimeSpan pause)
    {
        _previous = default;
        _end += pause;
    }

    /// <summary>Makes no digest files for a while; the next one names the one before.</summary>
    public void Pause(TimeSpan pause) => _end += pause;

    /// <summary>Adds a digest file, and the log files it names.</summary>
    public string AddDigest(int logFiles, bool signature = true, Action<JObject>? edit = null)
    {
        DateTime start = _end;
        _end = start.AddHours(1);
        var logs = new JArray();
        Logs.Add([]);
        for (int i = 0; i < logFiles; i++)
        {
            DateTime time = start.AddMinutes((7 * i) + 3);
            string key = LogKey(time, $"9nYN7gp2eWAJHI{Logs.Count:00}{i:00}");
            byte[] content = Encoding.UTF8.GetBytes($"{{\"Records\":[{{\"eventTime\":\"{time:s}Z\",\"n\":{i}}}]}}");
            Logs[^1].Add(Write(key, Gzip(content)));
            logs.Add(Named(key, content, time));
        }

        string digestKey = DigestKey(Name, _end);
        JObject digest = Digest(digestKey, start, _end, logs);
        digest["previousDigestS3Bucket"] = _previous.Bucket;
        digest["previousDigestS3Object"] = _previous.Key;
        digest["previousDigestHashValue"] = _previous.Hash;
        digest["previousDigestHashAlgorithm"] = _previous.Key is null ? null : "SHA-256";
        digest["previousDigestSignature"] = _previous.Signature;
        edit?.Invoke(digest);
        (string path, string hash, string proof) = Sign(digest, digestKey, signature);
        Digests.Add(path);
        _previous = (Bucket, digestKey, hash, proof);
        return path;
    }

    /// <summary>Adds a backfill digest file: it names a log file that came too late for the one of its time.</summary>
    /// <param name="end">The end of its time.</param>
    /// <param name="log">The log file, as <see cref="AddLog"/> makes it.</param>
    /// <param name="signature">Whether its signature is beside it.</param>
    public string AddBackfill(DateTime end, string log, bool signature = true)
    {
        string key = DigestKey(Name, end).Replace(".json.gz", "_backfill.json.gz", StringComparison.Ordinal);
        return Sign(Digest(key, end.AddHours(-1), end, [Named(KeyOf(log), NoRecords, end)]), key, signature).Path;
    }

    /// <summary>Writes what anyone can who has no key: a digest file without a signature, which says whatever is wanted.</summary>
    /// <param name="name">The name of the trail.</param>
    /// <param name="end">The end of its time; of one that is there, it takes the place.</param>
    /// <param name="edit">Changes what it says.</param>
    /// <param name="logs">The log files that it names, as paths.</param>
    public string AddUnsigned(string name, DateTime end, Action<JObject>? edit = null, params string[] logs)
    {
        string key = DigestKey(name, end);
        JObject digest = Digest(key, end.AddHours(-1), end, new JArray(logs.Select(log => Named(KeyOf(log), NoRecords, end))));
        edit?.Invoke(digest);
        return Write(key, Gzip(Encoding.UTF8.GetBytes(digest.ToString(Newtonsoft.Json.Formatting.None))));
    }

    /// <summary>Adds a log file that no digest file names.</summary>
    public string AddLog(DateTime time, string unique = "ZZZZZZZZZZZZZZZZ") => Write(LogKey(time, unique), Gzip(NoRecords));

    /// <summary>How a digest file names a log file.</summary>
    /// <param name="log">The log file, as <see cref="AddLog"/> makes it.</param>
    public JObject NameIn(string log) => Named(KeyOf(log), NoRecords, _end);

    /// <summary>Damages a chain of 12 hours in every way.</summary>
    /// <returns>What is to be found, in order.</returns>
    public (LogIntegrityStatus Status, string File)[] Damage()
    {
        byte[] changed = File.ReadAllBytes(Logs[1][2]);
        changed[changed.Length / 2] ^= 1;
        File.WriteAllBytes(Logs[1][2], changed);
        File.Delete(Logs[2][0]);
        Swap(Logs[3][1], Logs[3][3]);
        Swap(Digests[5], Digests[6]);
        Swap(Digests[5] + ".metadata.json", Digests[6] + ".metadata.json");
        foreach (int cut in (int[])[9, 11])
        {
            File.Delete(Digests[cut]);
            File.Delete(Digests[cut] + ".metadata.json");
        }

        return
        [
            (LogIntegrityStatus.Invalid, Logs[1][2]),
            (LogIntegrityStatus.Missing, Logs[2][0]),
            (LogIntegrityStatus.Invalid, Logs[3][1]),
            (LogIntegrityStatus.Invalid, Logs[3][3]),
            (LogIntegrityStatus.Invalid, Digests[5]),
            (LogIntegrityStatus.Invalid, Digests[6]),
            (LogIntegrityStatus.Missing, Digests[9]),
            (LogIntegrityStatus.Unexpected, AddLog(Start.AddMinutes(100))),

            // Those that the digest files named which changed places or are gone, all in one.
            (LogIntegrityStatus.Unproven, Path.Combine(Root, "AWSLogs", Account, "CloudTrail", _region)),
        ];
    }

    public static void Swap(string a, string b)
    {
        byte[] content = File.ReadAllBytes(a);
        File.Copy(b, a, overwrite: true);
        File.WriteAllBytes(b, content);
    }

    public string Write(string key, byte[] content)
    {
        string path = Path.Combine(Root, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => _folder.Dispose();

    public static byte[] Gzip(ReadOnlySpan<byte> content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }

    private (string Path, string Hash, string Proof) Sign(JObject digest, string key, bool signature)
    {
        byte[] file = Encoding.UTF8.GetBytes(digest.ToString(Newtonsoft.Json.Formatting.None));
        string hash = Hex(SHA256.HashData(file));
        string text = $"{(string?)digest["digestEndTime"]}\n{Bucket}/{key}\n{hash}\n{(string?)digest["previousDigestSignature"] ?? "null"}";
        string proof = Hex(SharedKey.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        string path = Write(key, Gzip(file));
        if (signature)
        {
            File.WriteAllText(
                path + ".metadata.json",
                new JObject { ["ContentLength"] = 5, ["Metadata"] = new JObject { ["signature-algorithm"] = "SHA256withRSA", ["signature"] = proof } }.ToString());
        }

        return (path, hash, proof);
    }

    private JObject Digest(string key, DateTime start, DateTime end, JArray logs) => new()
    {
        ["awsAccountId"] = Account,
        ["digestStartTime"] = Extended(start),
        ["digestEndTime"] = Extended(end),
        ["digestS3Bucket"] = Bucket,
        ["digestS3Object"] = key,
        ["digestPublicKeyFingerprint"] = Fingerprint(PublicKey),
        ["digestSignatureAlgorithm"] = "SHA256withRSA",
        ["newestEventTime"] = null,
        ["oldestEventTime"] = null,
        ["previousDigestS3Bucket"] = null,
        ["previousDigestS3Object"] = null,
        ["previousDigestHashValue"] = null,
        ["previousDigestHashAlgorithm"] = null,
        ["previousDigestSignature"] = null,
        ["logFiles"] = logs,
    };

    private JObject Named(string key, byte[] content, DateTime time) => new()
    {
        ["s3Bucket"] = Bucket,
        ["s3Object"] = key,
        ["hashValue"] = Hex(SHA256.HashData(content)),
        ["hashAlgorithm"] = "SHA-256",
        ["newestEventTime"] = Extended(time),
        ["oldestEventTime"] = Extended(time),
    };

    private string KeyOf(string file) => Path.GetRelativePath(Root, file).Replace(Path.DirectorySeparatorChar, '/');

    private string DigestKey(string name, DateTime end) =>
        $"AWSLogs/{Account}/CloudTrail-Digest/{_region}/{end:yyyy'/'MM'/'dd}/{Account}_CloudTrail-Digest_{_region}_{name}_us-east-2_{end:yyyyMMdd'T'HHmmss'Z'}.json.gz";

    private string LogKey(DateTime time, string unique) =>
        $"AWSLogs/{Account}/CloudTrail/{_region}/{time:yyyy'/'MM'/'dd}/{Account}_CloudTrail_{_region}_{time:yyyyMMdd'T'HHmm'Z'}_{unique}.json.gz";

    private static string Fingerprint(byte[] key)
    {
#pragma warning disable CA5351 // The format asks for MD5.
        return Hex(MD5.HashData(key));
#pragma warning restore CA5351
    }

    private static string Extended(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
