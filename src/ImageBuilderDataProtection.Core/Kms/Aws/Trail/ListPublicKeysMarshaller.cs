using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Writes a request for a page of public keys.</summary>
internal sealed class ListPublicKeysMarshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    /// <inheritdoc />
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var list = (ListPublicKeysRequest)input;
        return TrailRequest.Make(list, "ListPublicKeys", new JObject
        {
            ["StartTime"] = TrailRequest.SecondsUpTo(list.StartTime),
            ["EndTime"] = TrailRequest.SecondsFrom(list.EndTime),
            ["NextToken"] = list.NextToken,
        });
    }
}
