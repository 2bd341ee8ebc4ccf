using Amazon.S3.Model;
using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>A log file in a bucket, read as it comes in.</summary>
/// <param name="client">The bucket.</param>
/// <param name="item">The object.</param>
internal sealed class LogObject(BucketClient client, BucketObject item) : IAuditSource
{
    /// <inheritdoc />
    public string Name => client.Uri.NameOf(item.Key);

    /// <inheritdoc />
    public long Length => item.Length;

    /// <inheritdoc />
    public Stream Open(CancellationToken cancellationToken)
    {
        GetObjectResponse response = client.GetAsync(item.Key, cancellationToken).GetAwaiter().GetResult();
        return new ObjectStream(response, client.Timeout, cancellationToken);
    }
}
