using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>The SDK's client of KMS, with our retry policy.</summary>
/// <param name="credentials">Who signs.</param>
/// <param name="config">Where to and how.</param>
internal sealed class AwsKmsClient(AWSCredentials credentials, AmazonKeyManagementServiceConfig config) : AmazonKeyManagementServiceClient(credentials, config)
{
    /// <inheritdoc />
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(new AwsRetryPolicy(Config)));
    }
}
