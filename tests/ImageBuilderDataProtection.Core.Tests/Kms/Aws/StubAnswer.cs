using System.Globalization;
using System.Text;

namespace ImageBuilderDataProtection.Tests.Kms.Aws;

/// <summary>What an <see cref="HttpStub"/> answers.</summary>
internal sealed record StubAnswer(int Status, string ContentType, string Body)
{
    public const string RequestId = "7a0b1c2d-0000-4000-8000-1234567890ab";

    /// <summary>Says nothing at all.</summary>
    public static StubAnswer Hang { get; } = new(0, "", "") { Hangs = true };

    /// <summary>Closes the connection rudely.</summary>
    public static StubAnswer Reset { get; } = new(0, "", "") { Resets = true };

    public bool Hangs { get; private init; }

    public bool Resets { get; private init; }

    /// <summary>The answer of KMS.</summary>
    public static StubAnswer Json(string body, int status = 200) => new(status, "application/x-amz-json-1.1", body);

    /// <summary>An error of KMS.</summary>
    public static StubAnswer Error(string code, string message, int status = 400) =>
        Json($$"""{"__type":"{{code}}","message":{{Newtonsoft.Json.JsonConvert.ToString(message)}}}""", status);

    /// <summary>The answer of STS's GetCallerIdentity.</summary>
    public static StubAnswer Caller(string arn = "arn:aws:iam::111122223333:user/admins/operator", string userId = "AIDAEXAMPLE") => Xml($"""
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
        <Arn>{arn}</Arn><UserId>{userId}</UserId><Account>111122223333</Account>
        </GetCallerIdentityResult><ResponseMetadata><RequestId>{RequestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>
        """);

    /// <summary>The answer of STS's AssumeRole.</summary>
    public static StubAnswer Role(string accessKey, string secretKey, string token, DateTime expiration) => Xml($"""
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>{accessKey}</AccessKeyId><SecretAccessKey>{secretKey}</SecretAccessKey><SessionToken>{token}</SessionToken>
        <Expiration>{expiration.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}</Expiration></Credentials>
        <AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/Role/session</Arn><AssumedRoleId>AROAEXAMPLE:session</AssumedRoleId></AssumedRoleUser>
        </AssumeRoleResult><ResponseMetadata><RequestId>{RequestId}</RequestId></ResponseMetadata></AssumeRoleResponse>
        """);

    /// <summary>An error of STS.</summary>
    public static StubAnswer StsError(string code, string message, int status = 403) => Xml($"""
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>
        <RequestId>{RequestId}</RequestId></ErrorResponse>
        """, status);

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {Status} Answer\r\nContent-Type: {ContentType}\r\nx-amzn-RequestId: {RequestId}\r\nContent-Length: {Encoding.UTF8.GetByteCount(Body)}\r\n\r\n{Body}"));

    private static StubAnswer Xml(string body, int status = 200) => new(status, "text/xml", body);
}
