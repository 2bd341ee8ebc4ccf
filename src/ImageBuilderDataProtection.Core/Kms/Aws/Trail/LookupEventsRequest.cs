using Amazon.Runtime;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Asks for one page of events, the newest first. A request may name one attribute, and a later page is asked for like the first.</summary>
internal sealed class LookupEventsRequest : AmazonWebServiceRequest
{
    /// <summary>How many events a page may have.</summary>
    public const int MaxResults = 50;

    /// <summary>The attribute that events must have: <c>EventId</c>, <c>EventName</c>, <c>EventSource</c>, <c>ResourceName</c>...</summary>
    public required string AttributeKey { get; init; }

    /// <summary>Its value.</summary>
    public required string AttributeValue { get; init; }

    /// <summary>The time before which no events are wanted, UTC.</summary>
    public DateTime? StartTime { get; init; }

    /// <summary>The time after which no events are wanted, UTC.</summary>
    public DateTime? EndTime { get; init; }

    /// <summary>The token of the page; null for the first.</summary>
    public string? NextToken { get; init; }
}
