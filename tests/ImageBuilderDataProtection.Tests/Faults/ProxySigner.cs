using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.ModuleTests.Faults;

/// <summary>
/// Signs again, for the endpoint behind the proxy, what was signed for the proxy: the host is part of the signature
/// ("Create a signed AWS API request" in the IAM User Guide).
/// </summary>
/// <param name="accessKey">The access key id.</param>
/// <param name="secretKey">The secret access key.</param>
internal sealed class ProxySigner(string accessKey, string secretKey)
{
    private static readonly string[] Signed =
        ["amz-sdk-invocation-id", "amz-sdk-request", "content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"];

    /// <summary>The request for another address.</summary>
    public HttpRequestMessage Sign(ProxyRequest request, Uri url)
    {
        string[] scope = request.Headers["Authorization"].Split("Credential=")[1].Split(',')[0].Split('/')[1..];
        string date = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        scope[0] = date[..8];
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in Signed)
        {
            if (request.Headers.TryGetValue(name, out string? value))
            {
                headers[name] = value;
            }
        }

        headers["host"] = url.Authority;
        headers["x-amz-date"] = date;

        // The endpoint takes a signature once; what the HTTP client sends again by itself, AWS would take.
        headers["x-proxy-request"] = Guid.NewGuid().ToString();
        string names = string.Join(';', headers.Keys);
        string canonical = $"POST\n/\n\n{string.Concat(headers.Select(static header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{Hex(SHA256.HashData(request.Body))}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (string part in scope)
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        string toSign = $"AWS4-HMAC-SHA256\n{date}\n{string.Join('/', scope)}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        string signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));

        var signed = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(request.Body) };
        foreach ((string name, string value) in headers.Where(static header => header.Key != "host"))
        {
            _ = name == "content-type" ? signed.Content.Headers.TryAddWithoutValidation(name, value) : signed.Headers.TryAddWithoutValidation(name, value);
        }

        signed.Headers.TryAddWithoutValidation("User-Agent", request.Headers["User-Agent"]);
        signed.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={accessKey}/{string.Join('/', scope)}, SignedHeaders={names}, Signature={signature}");
        return signed;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
