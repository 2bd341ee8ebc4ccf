using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>The header <c>Authorization</c> of a signed request.</summary>
/// <param name="AccessKeyId">The access key that signed.</param>
/// <param name="Scope">What the signing key is good for.</param>
/// <param name="SignedHeaders">The names of the signed headers, in lower case.</param>
/// <param name="Signature">The signature, 32 bytes.</param>
internal sealed partial record AuthorizationHeader(string AccessKeyId, CredentialScope Scope, IReadOnlyList<string> SignedHeaders, byte[] Signature)
{
    /// <summary>Reads the header.</summary>
    /// <exception cref="EndpointFault">It has not the form of one.</exception>
    public static AuthorizationHeader Parse(string text)
    {
        Match match = Form().Match(text);
        return match.Success
            ? new AuthorizationHeader(
                match.Groups["id"].Value,
                new CredentialScope(match.Groups["date"].Value, match.Groups["region"].Value, match.Groups["service"].Value),
                match.Groups["headers"].Value.Split(';'),
                Convert.FromHexString(match.Groups["signature"].Value))
            : throw EndpointFault.IncompleteSignature(
                $"The Authorization header must read {SignatureV4.Algorithm} Credential=.../{{date}}/{{region}}/{{service}}/{CredentialScope.Terminator}, SignedHeaders=..., Signature=... .");
    }

    [GeneratedRegex(
        @"\AAWS4-HMAC-SHA256 +Credential=(?<id>[^/, ]{1,128})/(?<date>[0-9]{8})/(?<region>[^/, ]{1,64})/(?<service>[^/, ]{1,64})/aws4_request, *" +
        @"SignedHeaders=(?<headers>[a-z0-9-]+(;[a-z0-9-]+){0,63}), *Signature=(?<signature>[0-9a-f]{64})\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
