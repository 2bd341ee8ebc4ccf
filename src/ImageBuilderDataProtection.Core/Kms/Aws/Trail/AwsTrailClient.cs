using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>
/// A client of AWS CloudTrail for its one operation LookupEvents, made of the SDK's own parts: signer, HTTP pipeline,
/// credentials and retry are those of every other client.
/// </summary>
/// <param name="credentials">Who signs.</param>
/// <param name="config">Where to and how.</param>
internal sealed class AwsTrailClient(AWSCredentials credentials, AwsTrailConfig config) : AmazonServiceClient(credentials, config)
{
    private static readonly IServiceMetadata Metadata = new AwsTrailMetadata();

    /// <inheritdoc />
    protected override IServiceMetadata ServiceMetadata => Metadata;

    /// <summary>Asks for one page of events ("LookupEvents" in the AWS CloudTrail API Reference).</summary>
    /// <exception cref="AwsTrailException">CloudTrail refuses.</exception>
    /// <exception cref="DataProtectionException"><c>UnexpectedResponse</c>: what was answered is no answer of CloudTrail.</exception>
    public Task<LookupEventsResponse> LookupEventsAsync(LookupEventsRequest request, CancellationToken cancellationToken) => InvokeAsync<LookupEventsResponse>(
        request,
        new InvokeOptions { RequestMarshaller = new LookupEventsMarshaller(), ResponseUnmarshaller = new LookupEventsUnmarshaller() },
        cancellationToken);

    /// <summary>Asks for one page of public keys ("ListPublicKeys" in the AWS CloudTrail API Reference).</summary>
    /// <inheritdoc cref="LookupEventsAsync"/>
    public Task<ListPublicKeysResponse> ListPublicKeysAsync(ListPublicKeysRequest request, CancellationToken cancellationToken) => InvokeAsync<ListPublicKeysResponse>(
        request,
        new InvokeOptions { RequestMarshaller = new ListPublicKeysMarshaller(), ResponseUnmarshaller = new ListPublicKeysUnmarshaller() },
        cancellationToken);

    /// <inheritdoc />
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.ReplaceHandler<EndpointResolver>(new AwsTrailEndpoint());
        pipeline.AddHandlerAfter<Marshaller>(new AwsTrailSigning());
        pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(new AwsRetryPolicy(Config)));
    }

    private sealed class AwsTrailMetadata : IServiceMetadata
    {
        public string ServiceId => "CloudTrail";

        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
    }
}
