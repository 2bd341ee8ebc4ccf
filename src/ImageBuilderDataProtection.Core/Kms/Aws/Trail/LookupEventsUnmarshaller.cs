using Amazon.Runtime;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Reads a page of events; it has at most 50 records of 1 MiB, CloudTrail's own limit of a record, and what stands around them.</summary>
internal sealed class LookupEventsUnmarshaller() : TrailUnmarshaller("LookupEvents", maxBytes: 64 * 1024 * 1024)
{
    /// <inheritdoc />
    protected override AmazonWebServiceResponse Read(JObject answer) => new LookupEventsResponse { Events = Objects(answer, "Events"), NextToken = NextToken(answer) };
}
