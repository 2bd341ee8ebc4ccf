using Amazon.Runtime;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Asks for the public keys for the digest files of a region and a time.</summary>
/// <param name="startTime">The start of the time, UTC.</param>
/// <param name="endTime">The end of the time, UTC.</param>
/// <param name="nextToken">The token of the page; null for the first.</param>
internal sealed class ListPublicKeysRequest(DateTime startTime, DateTime endTime, string? nextToken = null) : AmazonWebServiceRequest
{
    public DateTime StartTime => startTime;

    public DateTime EndTime => endTime;

    public string? NextToken => nextToken;

    /// <summary>Asks for the page of a token.</summary>
    public ListPublicKeysRequest Next(string token) => new(startTime, endTime, token);
}
