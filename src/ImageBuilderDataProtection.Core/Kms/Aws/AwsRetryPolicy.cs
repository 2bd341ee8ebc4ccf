using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// The SDK's adaptive retry ("Retry behavior" in the AWS SDKs and Tools Reference Guide), with one difference: a request that
/// has to wait for its turn after a throttling error gets it once it is there. The SDK's own wait does not look again at how
/// much its rate has grown meanwhile, and gives the request up.
/// </summary>
internal class AwsRetryPolicy(IClientConfig config) : AdaptiveRetryPolicy(config)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc />
    public override async Task ObtainSendTokenAsync(IExecutionContext executionContext, Exception exception)
    {
        CancellationToken stop = executionContext.RequestContext.CancellationToken;
        while (!await TokenBucket.TryAcquireTokenAsync(1, failFast: true, stop))
        {
            await Task.Delay(LookAgain, stop);
        }
    }
}
