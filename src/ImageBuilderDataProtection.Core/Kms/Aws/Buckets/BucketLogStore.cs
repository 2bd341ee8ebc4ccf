using System.Text.RegularExpressions;
using Amazon.S3.Model;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Integrity;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// A bucket to which CloudTrail delivers, as the files of a check. A digest file's signature is in its object's metadata ("CloudTrail
/// digest file structure" in the CloudTrail User Guide). What is listed are the days and the region of the check.
/// </summary>
internal sealed partial class BucketLogStore : ILogStore
{
    private const string LogFolder = "CloudTrail/";
    private const string DigestFolder = DigestName.FolderName + "/";

    // How the aliases of access points end, and no bucket's name does ("General purpose bucket naming rules" in the Amazon S3 User Guide).
    private static readonly string[] AliasSuffixes = ["-s3alias", "--ol-s3"];

    private readonly BucketClient _client;
    private readonly LogIntegrityCheck _check;
    private readonly string _prefix;
    private readonly string? _region;

    /// <summary>A store.</summary>
    /// <param name="client">The bucket.</param>
    /// <param name="check">The check.</param>
    /// <exception cref="DataProtectionException"><c>InvalidS3Uri</c>: the URI leads below the region, where a chain of digest files is not whole.</exception>
    public BucketLogStore(BucketClient client, LogIntegrityCheck check)
    {
        _client = client;
        _check = check;
        string prefix = client.Uri.Path is "" || client.Uri.Path.EndsWith('/') ? client.Uri.Path : client.Uri.Path + "/";
        Match below = BelowAccount().Match(prefix);
        if (below.Groups["rest"].Length > 0)
        {
            throw new DataProtectionException(
                "InvalidS3Uri", FailureKind.InvalidArgument, $"\"{client.Uri}\" is but a part of a region's files; give the region's prefix in -S3Uri, and the days as -StartTime and -EndTime.");
        }

        _prefix = below.Success ? below.Groups["account"].Value : prefix;
        _region = below.Groups["region"] is { Success: true, Value: var region } ? region : check.Region;
    }

    /// <inheritdoc />
    public string? Bucket => _client.Uri.IsArn || Array.Exists(AliasSuffixes, suffix => _client.Uri.Bucket.EndsWith(suffix, StringComparison.Ordinal)) ? null : _client.Uri.Bucket;

    /// <inheritdoc />
    public (string Place, string Advice) Signatures => ("in its object's metadata", "it is lost there when an object is copied without its metadata");

    /// <inheritdoc />
    public IEnumerable<string> Names(bool digestsOnly, Action<string, string> onUnreadable, CancellationToken cancellationToken)
    {
        var listing = new BucketListing(_client, (prefix, failure) => onUnreadable(prefix.TrimEnd('/'), failure.Message.TrimEnd('.')), cancellationToken);
        foreach (string account in Accounts(listing, LogPrefix.Parse(_prefix)))
        {
            foreach (string name in Regions(listing, account + DigestFolder).SelectMany(region => Digests(listing, region)))
            {
                yield return name;
            }

            if (!digestsOnly)
            {
                var days = new DayRange(_check.StartTime?.Date, _check.EndTime?.Date);
                foreach (BucketObject item in Regions(listing, account + LogFolder).SelectMany(region => listing.Objects(region, region, days)))
                {
                    yield return item.Key;
                }
            }
        }
    }

    /// <inheritdoc />
    public Stream? Open(string name, CancellationToken cancellationToken) => Get(name, cancellationToken) is { } answer ? Content(answer, cancellationToken) : null;

    /// <inheritdoc />
    public StoredDigest? OpenDigest(string name, CancellationToken cancellationToken) =>
        Get(name, cancellationToken) is { } answer ? StoredDigest.Create(Content(answer, cancellationToken), () => SignatureIn(answer.Metadata)) : null;

    /// <inheritdoc />
    public string PathOf(string name) => name.Length == 0 ? _client.Uri.ToString() : _client.Uri.NameOf(name);

    /// <inheritdoc />
    public string SignaturePathOf(string name) => PathOf(name);

    private static IEnumerable<string> Accounts(BucketListing listing, LogPrefix prefix) => prefix.Level == LogLevel.Services
        ? [prefix.Value]
        : listing.Folders(prefix.Value).Select(LogPrefix.Parse).Where(prefix.MayHaveLogs).SelectMany(below => Accounts(listing, below));

    private IEnumerable<string> Regions(BucketListing listing, string folder) => _region is null ? listing.Folders(folder) : [$"{folder}{_region}/"];

    // A chain begins before the time asked for, or it has a gap there, whose beginning is the last digest file before it.
    private IEnumerable<string> Digests(BucketListing listing, string region)
    {
        DateTime? start = _check.StartTime;
        var days = new DayRange(start?.Date.Shift(TimeSpan.FromDays(-1)), _check.DigestEnd?.Date.Shift(TimeSpan.FromDays(1)));
        var chains = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (BucketObject item in listing.Objects(region, region, days))
        {
            if (DigestName.TryParse(item.Key) is { } digest)
            {
                chains[digest.Chain] = chains.GetValueOrDefault(digest.Chain) || digest.End < start;
            }

            yield return item.Key;
        }

        if (days.First is { } first && chains.ContainsValue(false))
        {
            foreach (string name in LastDayBefore(listing, region, DayRange.FolderOf(first)).SelectMany(listing.Pages).SelectMany(static page => page.Objects).Select(static item => item.Key))
            {
                yield return name;
            }
        }
    }

    // Nothing lists backwards: the last year, month and day are looked up.
    private static IEnumerable<BucketQuery> LastDayBefore(BucketListing listing, string region, string day)
    {
        string limit = region + day;
        var days =
            from year in Before(region)
            from month in Before(year)
            from found in Before(month)
            where found != limit
            select new BucketQuery(found);
        return days.Take(1);

        IEnumerable<string> Before(string prefix) => listing.Folders(prefix)
            .Where(folder => folder[prefix.Length..^1].All(char.IsAsciiDigit) && string.CompareOrdinal(folder, limit) <= 0).OrderDescending(StringComparer.Ordinal);
    }

    private static string? SignatureIn(MetadataCollection metadata) => metadata["signature"] is not { Length: > 0 } signature ? null
        : metadata["signature-algorithm"] == DigestFile.SignatureAlgorithm ? signature
        : throw new DataProtectionException("InvalidSignatureFile", FailureKind.InvalidData, $"has no \"signature-algorithm\" {DigestFile.SignatureAlgorithm}");

    private ObjectStream Content(GetObjectResponse answer, CancellationToken cancellationToken) => new(answer, _client.Timeout, cancellationToken);

    private GetObjectResponse? Get(string name, CancellationToken cancellationToken)
    {
        try
        {
            return _client.GetAsync(name, cancellationToken).GetAwaiter().GetResult();
        }
        catch (DataProtectionException failure) when (failure.ErrorId is "NoSuchKey" or "NotFound")
        {
            return null;
        }
        catch (DataProtectionException failure)
        {
            throw new DataProtectionException(failure.ErrorId, FailureKind.Unavailable, $"could not be read: {failure.Message.TrimEnd('.')}", failure);
        }
    }

    [GeneratedRegex(@"\A(?<account>(.*/)?AWSLogs/(o-[^/]+/)?[0-9]{12}/)(CloudTrail|CloudTrail-Digest)/((?<region>[^/]+)/)?(?<rest>.*)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex BelowAccount();
}
