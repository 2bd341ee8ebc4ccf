using Amazon.Runtime;
using ImageBuilderDataProtection.Audit.Integrity;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Reads a page of public keys.</summary>
internal sealed class ListPublicKeysUnmarshaller() : TrailUnmarshaller("ListPublicKeys", DigestPublicKeys.MaxFileBytes)
{
    /// <inheritdoc />
    protected override AmazonWebServiceResponse Read(JObject answer) =>
        new ListPublicKeysResponse { Keys = Objects(answer, "PublicKeyList"), NextToken = NextToken(answer) };
}
