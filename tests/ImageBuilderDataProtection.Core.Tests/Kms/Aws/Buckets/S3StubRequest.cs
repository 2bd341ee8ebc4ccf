using System.Net;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Buckets;

/// <summary>What an <see cref="S3Stub"/> was asked.</summary>
internal sealed record S3StubRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers)
{
    public string Bucket => Path.Split('/')[1];

    /// <summary>The key; empty when the request is about the bucket.</summary>
    public string Key => WebUtility.UrlDecode(string.Join('/', Path.Split('/')[2..]).Replace("+", "%2B", StringComparison.Ordinal));

    public bool IsList => Method == "GET" && Key.Length == 0;

    /// <summary>The region that was signed for.</summary>
    public string Region => Scope[2];

    /// <summary>The service that was signed for.</summary>
    public string Service => Scope[3];

    /// <summary>What was listed: <c>prefix</c>, with <c>/</c> after it in brackets where it was shallow, and the key it began after.</summary>
    public string Listing => $"{Get("prefix")}{(Get("delimiter") is { } delimiter ? $" [{delimiter}]" : "")}{(Get("start-after") is { } start ? $" > {start}" : "")}";

    private string[] Scope => Headers["Authorization"].Split("Credential=")[1].Split(',')[0].Split('/');

    public string? Get(string name) => Query.GetValueOrDefault(name);

    public static S3StubRequest Parse(string head)
    {
        string[] lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] start = lines[0].Split(' ');
        string[] target = start[1].Split('?', 2);
        return new S3StubRequest(
            start[0],
            target[0],
            (target.Length > 1 ? target[1] : "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair => pair.Split('=', 2))
                .ToDictionary(static pair => WebUtility.UrlDecode(pair[0]), static pair => WebUtility.UrlDecode(pair.ElementAtOrDefault(1) ?? ""), StringComparer.Ordinal),
            lines.Skip(1).Select(static line => line.Split(':', 2)).ToDictionary(static parts => parts[0], static parts => parts[1].Trim(), StringComparer.OrdinalIgnoreCase));
    }
}
