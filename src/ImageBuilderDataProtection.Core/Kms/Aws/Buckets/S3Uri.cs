using System.Text;
using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// A bucket and what is meant in it: <c>s3://bucket/prefix</c>. In place of the bucket's name, an access point's alias or ARN may
/// stand ("Bucket naming rules" and "Referencing access points" in the Amazon S3 User Guide). An instance exists only when it can be.
/// </summary>
public sealed partial record S3Uri
{
    /// <summary>The size limit of a key, in bytes of UTF-8: Amazon S3's own.</summary>
    public const int MaxKeyBytes = 1024;

    private const string Scheme = "s3://";

    private S3Uri(string bucket, string path, string? region)
    {
        Bucket = bucket;
        Path = path;
        Region = region;
    }

    /// <summary>The name of the bucket, or the alias or the ARN of an access point.</summary>
    public string Bucket { get; }

    /// <summary>What follows: a prefix, or an object's key; empty for the whole bucket.</summary>
    public string Path { get; }

    /// <summary>The region that the ARN of an access point tells; null where a name stands.</summary>
    public string? Region { get; }

    /// <summary>Whether an ARN stands in place of the name.</summary>
    internal bool IsArn => Region is not null;

    /// <summary>Reads a URI.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidS3Uri</c>.</exception>
    public static S3Uri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid(text, "it does not begin with s3://");
        }

        string rest = text[Scheme.Length..];
        Match accessPoint = AccessPoint().Match(rest);
        int end = accessPoint.Success ? accessPoint.Length : rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? slash : rest.Length;
        string bucket = rest[..end];
        if (!accessPoint.Success && !IsBucketName(bucket))
        {
            throw Invalid(text, "a bucket's name has 3 to 63 small letters, digits, dots and hyphens, and begins and ends with a letter or a digit");
        }

        string path = end < rest.Length ? rest[(end + 1)..] : "";
        return Encoding.UTF8.GetByteCount(path) <= MaxKeyBytes
            ? new S3Uri(bucket, path, accessPoint.Success ? accessPoint.Groups["region"].Value : null)
            : throw Invalid(text[..64] + "...", $"a key has at most {MaxKeyBytes:N0} bytes");
    }

    /// <summary>How an object of the bucket, or a prefix, is named.</summary>
    public string NameOf(string key) => $"{Scheme}{Bucket}/{key}";

    /// <summary>The URI.</summary>
    public override string ToString() => NameOf(Path);

    private static bool IsBucketName(string name) => BucketName().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal) && !IPv4().IsMatch(name);

    private static DataProtectionException Invalid(string text, string why) => new(
        "InvalidS3Uri", FailureKind.InvalidArgument, $"\"{text}\" is no S3 URI: {why}; it must read s3://bucket/prefix.");

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex BucketName();

    [GeneratedRegex(@"\A[0-9]+(\.[0-9]+){3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IPv4();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:s3:(?<region>[a-z]{2,}(-[a-z]+)+-[0-9]{1,3}):[0-9]{12}:accesspoint[/:][a-z0-9-]{3,50}(?=/|\z)", RegexOptions.CultureInvariant)]
    private static partial Regex AccessPoint();
}
