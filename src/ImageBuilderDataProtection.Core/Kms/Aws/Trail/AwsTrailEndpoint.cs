using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>The step of the SDK's pipeline that says where a request goes and which region it is signed for.</summary>
internal sealed class AwsTrailEndpoint : PipelineHandler
{
    /// <inheritdoc />
    public override void InvokeSync(IExecutionContext executionContext)
    {
        Resolve(executionContext.RequestContext);
        base.InvokeSync(executionContext);
    }

    /// <inheritdoc />
    public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        Resolve(executionContext.RequestContext);
        return base.InvokeAsync<T>(executionContext);
    }

    private static void Resolve(IRequestContext context)
    {
        IRequest request = context.Request;
        Endpoint endpoint = context.ClientConfig.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request.OriginalRequest));

        // What is signed is the path that is sent, so it has to end as it is sent.
        request.Endpoint = new Uri(endpoint.URL.TrimEnd('/') + "/");
        request.AuthenticationRegion = context.ClientConfig.AuthenticationRegion ?? context.ClientConfig.RegionEndpoint.SystemName;
    }
}
