using System.Net;
using Amazon.Runtime;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>Our retry policy, and one case more: Amazon S3 may say that it failed in an answer that began with 200.</summary>
internal sealed class AwsS3RetryPolicy(IClientConfig config) : AwsRetryPolicy(config)
{
    /// <inheritdoc />
    public override async Task<bool> RetryForExceptionAsync(IExecutionContext executionContext, Exception exception) =>
        exception is AmazonServiceException { StatusCode: HttpStatusCode.OK } || await base.RetryForExceptionAsync(executionContext, exception);
}
