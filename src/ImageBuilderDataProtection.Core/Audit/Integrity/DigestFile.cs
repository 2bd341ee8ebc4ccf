using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// A digest file ("CloudTrail digest file structure" in the CloudTrail User Guide): the hashes of the log files that were
/// delivered in a stretch of time, and the hash and signature of the digest file before it.
/// </summary>
internal sealed record DigestFile
{
    /// <summary>The size limit of an uncompressed digest file, in bytes; it names some 70,000 log files.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>The only signature algorithm: RSA (PKCS #1, version 1.5) with SHA-256.</summary>
    public const string SignatureAlgorithm = "SHA256withRSA";

    private const string HashAlgorithm = "SHA-256";

    // What stands in the signed text for the signature before the first: the word that Java writes for nothing.
    private const string NoSignature = "null";

    /// <summary>The account.</summary>
    public required string Account { get; init; }

    /// <summary>The start of the time that it covers, as CloudTrail writes it, UTC.</summary>
    public required string StartTime { get; init; }

    /// <summary>The end of the time that it covers, as CloudTrail writes it, UTC.</summary>
    public required string EndTime { get; init; }

    /// <summary>The bucket that it was delivered to.</summary>
    public required string Bucket { get; init; }

    /// <summary>Its object's key.</summary>
    public required string Key { get; init; }

    /// <summary>The fingerprint of the public key with which its signature is verified.</summary>
    public required string KeyFingerprint { get; init; }

    /// <summary>The digest file before it; null for a starting digest file.</summary>
    public required DigestLink? Previous { get; init; }

    /// <summary>The log files.</summary>
    public required IReadOnlyList<DigestLogFile> LogFiles { get; init; }

    /// <summary>The start of the time that it covers, UTC.</summary>
    public DateTime Start => Time(StartTime, "digestStartTime");

    /// <summary>The end of the time that it covers, UTC.</summary>
    public DateTime End => Time(EndTime, "digestEndTime");

    /// <summary>Reads a digest file.</summary>
    /// <param name="content">Its uncompressed content.</param>
    /// <exception cref="DataProtectionException"><c>InvalidDigestFile</c>; the message is the end of a sentence about the file.</exception>
    public static DigestFile Parse(ReadOnlySpan<byte> content)
    {
        JObject json;
        try
        {
            json = StrictJson.ParseObject(content, "it", MaxBytes);
        }
        catch (DataProtectionException error)
        {
            throw new DataProtectionException("InvalidDigestFile", FailureKind.InvalidData, $"is no digest file: {error.Message.TrimEnd('.')}", error);
        }

        Require(json, "digestSignatureAlgorithm", SignatureAlgorithm);
        var digest = new DigestFile
        {
            Account = Text(json, "awsAccountId"),
            StartTime = Text(json, "digestStartTime"),
            EndTime = Text(json, "digestEndTime"),
            Bucket = Text(json, "digestS3Bucket"),
            Key = Text(json, "digestS3Object"),
            KeyFingerprint = Text(json, "digestPublicKeyFingerprint"),
            Previous = Link(json),
            LogFiles = json["logFiles"] is JArray logFiles ? [.. logFiles.Select(LogFile)] : throw Invalid("has no list \"logFiles\""),
        };
        return digest.Start <= digest.End ? digest : throw Invalid("ends before it starts");
    }

    /// <summary>The text that is signed ("Custom implementations of CloudTrail log file integrity validation" in the CloudTrail User Guide).</summary>
    /// <param name="hash">The SHA-256 hash of the uncompressed digest file.</param>
    public byte[] DataToSign(ReadOnlySpan<byte> hash) =>
        Encoding.UTF8.GetBytes($"{EndTime}\n{Bucket}/{Key}\n{Convert.ToHexString(hash).ToLowerInvariant()}\n{Previous?.Signature ?? NoSignature}");

    /// <summary>The uncompressed file.</summary>
    public byte[] ToFile()
    {
        var json = new JObject
        {
            ["awsAccountId"] = Account,
            ["digestStartTime"] = StartTime,
            ["digestEndTime"] = EndTime,
            ["digestS3Bucket"] = Bucket,
            ["digestS3Object"] = Key,
            ["digestPublicKeyFingerprint"] = KeyFingerprint,
            ["digestSignatureAlgorithm"] = SignatureAlgorithm,
            ["newestEventTime"] = LogFiles.Max(static file => file.NewestEventTime),
            ["oldestEventTime"] = LogFiles.Min(static file => file.OldestEventTime),
            ["previousDigestS3Bucket"] = Previous?.Bucket,
            ["previousDigestS3Object"] = Previous?.Key,
            ["previousDigestHashValue"] = Previous?.Hash,
            ["previousDigestHashAlgorithm"] = Previous is null ? null : HashAlgorithm,
            ["previousDigestSignature"] = Previous?.Signature,
            ["logFiles"] = new JArray(LogFiles.Select(static file => new JObject
            {
                ["s3Bucket"] = file.Bucket,
                ["s3Object"] = file.Key,
                ["hashValue"] = file.Hash,
                ["hashAlgorithm"] = HashAlgorithm,
                ["newestEventTime"] = file.NewestEventTime,
                ["oldestEventTime"] = file.OldestEventTime,
            })),
        };
        return Encoding.UTF8.GetBytes(StrictJson.Write(json, indented: false));
    }

    private static DigestLink? Link(JObject json)
    {
        string[] names = ["previousDigestS3Bucket", "previousDigestS3Object", "previousDigestHashValue", "previousDigestHashAlgorithm", "previousDigestSignature"];
        if (names.All(name => json[name] is { Type: JTokenType.Null }))
        {
            return null;
        }

        Require(json, "previousDigestHashAlgorithm", HashAlgorithm);
        return new DigestLink(Text(json, names[0]), Text(json, names[1]), Hash(json, names[2]), Text(json, names[4]));
    }

    private static DigestLogFile LogFile(JToken item)
    {
        JObject json = item as JObject ?? throw Invalid("has something other than an object in \"logFiles\"");
        Require(json, "hashAlgorithm", HashAlgorithm);
        return new DigestLogFile(
            Text(json, "s3Bucket"), Text(json, "s3Object"), Hash(json, "hashValue"), json.Text("oldestEventTime"), json.Text("newestEventTime"));
    }

    private static string Hash(JObject json, string name)
    {
        string text = Text(json, name);
        return text.Length == SHA256.HashSizeInBytes * 2 && text.All(char.IsAsciiHexDigit) ? text : throw Invalid($"has no SHA-256 hash as \"{name}\"");
    }

    private static void Require(JObject json, string name, string value)
    {
        if (Text(json, name) is var text && text != value)
        {
            throw Invalid($"has \"{text}\" as \"{name}\"; only \"{value}\" is supported");
        }
    }

    private static string Text(JObject json, string name) => json.Text(name) is { Length: > 0 } text ? text : throw Invalid($"has no text \"{name}\"");

    private static DateTime Time(string text, string name) =>
        DateTime.TryParseExact(
            text, JsonElements.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime time)
            ? time
            : throw Invalid($"has \"{text}\" as \"{name}\", which is no time");

    private static DataProtectionException Invalid(string reason) => new("InvalidDigestFile", FailureKind.InvalidData, $"is no digest file: it {reason}");
}
