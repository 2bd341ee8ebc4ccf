using System.Net;
using Amazon.Runtime;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// The endpoint rule: https, and http only where the request does not leave the machine. It holds for what the user gives
/// and for what the SDK finds in AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL or a profile ("Service-specific endpoints" in the
/// AWS SDKs and Tools Reference Guide).
/// </summary>
internal static class AwsEndpoint
{
    /// <summary>The endpoint URL that the SDK finds configured; null when there is none and the region's own is meant.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidEndpointUrl</c> or <c>InsecureEndpoint</c>.</exception>
    public static string? Configured(ClientConfig config)
    {
        try
        {
            return config.ServiceURL is { Length: > 0 } url ? Require(url, "configured for AWS (AWS_ENDPOINT_URL or endpoint_url)") : null;
        }
        catch (AmazonClientException error)
        {
            throw Invalid("configured for AWS (AWS_ENDPOINT_URL or endpoint_url)", error);
        }
    }

    /// <summary>Refuses an endpoint that is no URL or not safe.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="source">Where it stands, as it reads after "The endpoint".</param>
    /// <exception cref="DataProtectionException"><c>InvalidEndpointUrl</c> or <c>InsecureEndpoint</c>.</exception>
    public static string Require(string url, string source)
    {
        // A URL may hold a password, so an unreadable one is not repeated.
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) ||
            (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) ||
            uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw Invalid(source, cause: null);
        }

        return uri.Scheme == Uri.UriSchemeHttps || IsLoopback(uri)
            ? url
            : throw new DataProtectionException(
                "InsecureEndpoint",
                FailureKind.InvalidArgument,
                $"The endpoint {uri.GetLeftPart(UriPartial.Authority)} {source} is not https; http is taken only on this machine itself, such as http://127.0.0.1:8080.");
    }

    /// <summary>Whether requests to the URL stay on this machine.</summary>
    public static bool IsLoopback(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && IsLoopback(uri);

    // Not Uri.IsLoopback, which takes the name of this machine for loopback, too.
    private static bool IsLoopback(Uri uri) =>
        uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ||
        (IPAddress.TryParse(uri.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static DataProtectionException Invalid(string source, Exception? cause) => new(
        "InvalidEndpointUrl",
        FailureKind.InvalidArgument,
        $"The endpoint {source} is not a URL that can be used; it must read https://host or http://127.0.0.1:port, without user name, query or fragment.",
        cause);
}
