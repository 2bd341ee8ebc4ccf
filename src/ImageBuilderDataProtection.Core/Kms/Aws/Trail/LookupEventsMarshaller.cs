using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Writes a request for a page of events.</summary>
internal sealed class LookupEventsMarshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    /// <inheritdoc />
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        // Whole seconds, away from the range asked for: what is too early or too late then is left out again by the caller.
        var lookup = (LookupEventsRequest)input;
        return TrailRequest.Make(lookup, "LookupEvents", new JObject
        {
            ["LookupAttributes"] = new JArray(new JObject { ["AttributeKey"] = lookup.Attribute, ["AttributeValue"] = lookup.Value }),
            ["MaxResults"] = LookupEventsRequest.MaxResults,
            ["StartTime"] = TrailRequest.SecondsUpTo(lookup.StartTime),
            ["EndTime"] = TrailRequest.SecondsFrom(lookup.EndTime),
            ["NextToken"] = lookup.NextToken,
        });
    }
}
