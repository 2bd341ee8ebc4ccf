using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// A bucket to which CloudTrail delivers, or a part of it, as a source of log files. The caller needs <c>s3:ListBucket</c> and
/// <c>s3:GetObject</c>, and <c>kms:Decrypt</c> where objects are encrypted with a KMS key (SSE-KMS).
/// </summary>
public sealed class LogBucket
{
    private readonly BucketClient _client;

    internal LogBucket(BucketClient client) => _client = client;

    /// <summary>What was asked for.</summary>
    public S3Uri Uri => _client.Uri;

    /// <summary>
    /// Finds log files: in CloudTrail's layout (<c>AWSLogs/{account}/CloudTrail/{region}/{year}/{month}/{day}/</c>, also of an organization's
    /// trail, and below any prefix) those that the time and the region leave, and elsewhere each object whose name ends as a trail file's
    /// does. The URI may lead to any place in the layout, or to one object. The listing goes on as the files are taken; a page of at most
    /// 1,000 keys is held of each region of one account.
    /// </summary>
    /// <param name="times">
    /// The time of the records. A log file's name tells when it was delivered, and its records were written before: those delivered before the
    /// start are left out, and those of more than a day after the day of the end (<see cref="DeliveryTimes.LateDays"/>).
    /// </param>
    /// <param name="region">The region of the records; null for all.</param>
    /// <param name="onError">
    /// Is told of each prefix that the caller may not list, and outside of CloudTrail's layout of each that has .zip files, which are not read
    /// in a bucket; the search goes on.
    /// </param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The log files, account by account, those of an account in the order in which they were delivered, in all regions.</returns>
    /// <exception cref="DataProtectionException">
    /// The bucket cannot be listed (<c>NoSuchBucket</c> and other codes of AWS, or an error of the network); <c>PrefixNotFound</c>: there is
    /// nothing under the prefix; <c>ArchiveInBucket</c>: the URI leads to a .zip file.
    /// </exception>
    public IEnumerable<IAuditSource> Sources(AuditTimeRange times, string? region, Action<AuditReadException> onError, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(times);
        ArgumentNullException.ThrowIfNull(onError);
        var named = new BucketObject(Uri.Path, Length: 0);
        if (TrailFiles.IsTrailFile(named.FileName))
        {
            return [new LogObject(_client, named)];
        }

        if (TrailFiles.IsArchive(named.FileName))
        {
            throw AuditReadException.ArchiveInBucket(Uri.NameOf(Uri.Path), others: 0);
        }

        // A folder is meant, also without the slash.
        string prefix = Uri.Path is "" || Uri.Path.EndsWith('/') ? Uri.Path : Uri.Path + "/";
        return new LogSearch(_client, new DeliveryTimes(times), region, onError, cancellationToken).Find(prefix).Select(item => new LogObject(_client, item));
    }

    /// <summary>
    /// Checks the log files by their digest files (see <see cref="LogIntegrityCheck"/>), in place. Of the bucket, the days and the region of the check
    /// are listed. The URI leads to the bucket, to anything above accounts, to an account, or to a region of one.
    /// </summary>
    /// <param name="check">The check.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>As <see cref="LogIntegrityCheck.Check(string, CancellationToken)"/> has them, with files as <c>s3://bucket/key</c>.</returns>
    /// <exception cref="DataProtectionException">
    /// <c>InvalidS3Uri</c>: the URI leads to a part of a region's files; <c>NoDigestFiles</c>: no digest file is there, or none covers the time; the
    /// bucket cannot be listed (<c>NoSuchBucket</c> and other codes of AWS, or an error of the network).
    /// </exception>
    public IEnumerable<LogIntegrityResult> Check(LogIntegrityCheck check, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(check);
        return check.Check(new BucketLogStore(_client, check), cancellationToken);
    }
}
