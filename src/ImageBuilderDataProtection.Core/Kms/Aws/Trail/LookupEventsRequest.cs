using Amazon.Runtime;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Asks for one page of events, the newest first. It names one attribute: LookupEvents takes no more.</summary>
/// <param name="attribute">The attribute that events must have: <c>EventId</c>, <c>EventSource</c>, <c>ResourceName</c>...</param>
/// <param name="value">Its value.</param>
/// <param name="startTime">The time before which no events are wanted, UTC; null for any.</param>
/// <param name="endTime">The time after which no events are wanted, UTC; null for any.</param>
/// <param name="nextToken">The token of the page; null for the first.</param>
internal sealed class LookupEventsRequest(string attribute, string value, DateTime? startTime, DateTime? endTime, string? nextToken = null) : AmazonWebServiceRequest
{
    /// <summary>How many events a page may have.</summary>
    public const int MaxResults = 50;

    public string Attribute => attribute;

    public string Value => value;

    public DateTime? StartTime => startTime;

    public DateTime? EndTime => endTime;

    public string? NextToken => nextToken;

    /// <summary>Asks for the page of a token, which is good only with all else as it was.</summary>
    public LookupEventsRequest Next(string token) => new(attribute, value, startTime, endTime, token);
}
