using System.Globalization;
using System.Security;
using System.Text;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Buckets;

/// <summary>What an <see cref="S3Stub"/> answers.</summary>
internal sealed record S3StubAnswer(int Status, byte[] Body, string ContentType = "application/xml")
{
    public const string RequestId = "4442587FB7D0A2F9";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How many bytes of the body are sent before the connection breaks.</summary>
    public int? BreaksAfter { get; init; }

    /// <summary>How many bytes of the body are sent before nothing more comes.</summary>
    public int? StallsAfter { get; init; }

    public static S3StubAnswer Xml(string xml, int status = 200) => new(status, Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml));

    public static S3StubAnswer Error(int status, string code, string message = "No.", string? region = null) =>
        Xml($"<Error><Code>{code}</Code><Message>{SecurityElement.Escape(message)}</Message><RequestId>{RequestId}</RequestId></Error>", status) with
        {
            Headers = region is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["x-amz-bucket-region"] = region },
        };

    public byte[] Head() => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {Status} Answer\r\nContent-Type: {ContentType}\r\nx-amz-request-id: {RequestId}\r\n{string.Concat(Headers.Select(static header => $"{header.Key}: {header.Value}\r\n"))}Content-Length: {Body.Length}\r\n\r\n"));
}
