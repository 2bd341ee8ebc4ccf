using Amazon.Runtime;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>One page of events.</summary>
internal sealed class LookupEventsResponse : AmazonWebServiceResponse
{
    /// <summary>The events; <c>CloudTrailEvent</c> of each is the record as text.</summary>
    public IReadOnlyList<JObject> Events { get; init; } = [];

    /// <summary>The token of the next page; null when this is the last.</summary>
    public string? NextToken { get; init; }
}
