using Amazon.Runtime;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>One page of public keys.</summary>
internal sealed class ListPublicKeysResponse : AmazonWebServiceResponse
{
    /// <summary>The keys; <c>Value</c> of each is the key.</summary>
    public IReadOnlyList<JObject> Keys { get; init; } = [];

    /// <summary>The token of the next page; null when this is the last.</summary>
    public string? NextToken { get; init; }
}
