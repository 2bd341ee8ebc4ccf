using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Kms.Local.Endpoint;

namespace ImageBuilderDataProtection.Tests.Kms.Endpoint;

/// <summary>
/// Signs requests with Signature Version 4, written for the tests alone from "Create a signed AWS API request" in the IAM
/// User Guide; it shares nothing with the code that verifies.
/// </summary>
internal sealed record TestSigner(LocalCredentials Credentials)
{
    public DateTime Date { get; init; } = DateTime.UtcNow;

    public string Region { get; init; } = "us-west-2";

    public string Service { get; init; } = "kms";

    public string? Secret { get; init; }

    public string? InvocationId { get; init; }

    /// <summary>Whether the invocation id is signed, as the JavaScript SDK does and the Python SDK does not.</summary>
    public bool SignsInvocationId { get; init; }

    /// <summary>Leaves a header out of the signature.</summary>
    public string? Unsigned { get; init; }

    public HttpRequestMessage Request(Uri url, string? target, string body) => Request(url, target, Encoding.UTF8.GetBytes(body));

    public HttpRequestMessage Request(Uri url, string? target, byte[] body)
    {
        string date = Date.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["content-type"] = target is null ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.1",
            ["host"] = url.Authority,
            ["x-amz-date"] = date,
        };
        if (target is not null)
        {
            headers["x-amz-target"] = target;
        }

        if (Credentials.SessionToken is { } token)
        {
            headers["x-amz-security-token"] = token;
        }

        if (InvocationId is not null && SignsInvocationId)
        {
            headers["amz-sdk-invocation-id"] = InvocationId;
        }

        KeyValuePair<string, string>[] signed = [.. headers.Where(header => header.Key != Unsigned)];
        string names = string.Join(';', signed.Select(static header => header.Key));
        string canonical = $"POST\n/\n\n{string.Concat(signed.Select(static header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{Hex(SHA256.HashData(body))}";
        string scope = $"{date[..8]}/{Region}/{Service}/aws4_request";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + (Secret ?? Credentials.SecretAccessKey));
        foreach (string part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        string toSign = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        string signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));

        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(headers["content-type"]);
        foreach ((string name, string value) in headers.Where(static header => header.Key is not ("content-type" or "host")))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (InvocationId is not null && !SignsInvocationId)
        {
            request.Headers.TryAddWithoutValidation("amz-sdk-invocation-id", InvocationId);
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "raw-client/1.0");
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={Credentials.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}");
        return request;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
