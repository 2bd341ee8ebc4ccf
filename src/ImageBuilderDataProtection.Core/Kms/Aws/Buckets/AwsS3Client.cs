using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Internal;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// The SDK's client of Amazon S3, with our retry policy and without three of its steps. It follows no redirect, and asks no other
/// endpoint for a bucket's region (the SDK does that over http); <see cref="BucketClient"/> does both within the rules. And it computes
/// no MD5 hash of what is read: the reader has gzip's checksum or a digest file's hash, and MD5 is not to be had everywhere.
/// </summary>
/// <param name="credentials">Who signs.</param>
/// <param name="config">Where to and how.</param>
internal sealed class AwsS3Client(AWSCredentials credentials, AmazonS3Config config) : AmazonS3Client(credentials, config)
{
    /// <inheritdoc />
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(new AwsS3RetryPolicy(Config)));
        pipeline.RemoveHandler<AmazonS3RedirectHandler>();
        pipeline.RemoveHandler<AmazonS3ResponseHandler>();
    }
}
