using System.Globalization;
using System.Text;
using ImageBuilderDataProtection.Kms.Local.Endpoint;

namespace ImageBuilderDataProtection.Tests.Kms.Endpoint;

/// <summary>Known answers: cases of AWS's published Signature Version 4 test suite, and the example of the IAM User Guide.</summary>
public sealed class SignatureV4Tests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static readonly DateTime Date = new(2015, 8, 30, 12, 36, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("get-vanilla", "GET", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("post-vanilla", "POST", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("post-header-value-case", "POST", "my-header1:VALUE1", "", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d")]
    [InlineData("get-header-value-trim", "GET", "my-header1: value1|my-header2:\"a   b   c\"", "", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData(
        "post-x-www-form-urlencoded", "POST", "content-type:application/x-www-form-urlencoded", "Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    public void Cases_of_the_published_suite_have_their_signatures(string name, string method, string headers, string body, string signature)
    {
        KeyValuePair<string, string>[] signed =
        [
            .. headers.Split('|', StringSplitOptions.RemoveEmptyEntries)
                .Append("host:example.amazonaws.com")
                .Append("x-amz-date:20150830T123600Z")
                .Select(static header => KeyValuePair.Create(header[..header.IndexOf(':')], header[(header.IndexOf(':') + 1)..]))
                .OrderBy(static header => header.Key, StringComparer.Ordinal),
        ];
        var scope = new CredentialScope("20150830", "us-east-1", "service");
        string canonical = SignatureV4.CanonicalRequest(method, signed, SignatureV4.HashOf(Encoding.UTF8.GetBytes(body)));
        byte[] made = SignatureV4.Sign(Secret, scope, SignatureV4.StringToSign(Date, scope, canonical));
        Assert.Equal((name, signature), (name, Convert.ToHexString(made).ToLower(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_string_to_sign_of_the_User_Guide_has_its_signature()
    {
        const string ToSign =
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\nf536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
        byte[] made = SignatureV4.Sign(Secret, new CredentialScope("20150830", "us-east-1", "iam"), ToSign);
        Assert.Equal("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", Convert.ToHexString(made).ToLower(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/kms/aws4_request, SignedHeaders=host")]
    [InlineData("AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/kms, SignedHeaders=host, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=5fa0")]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=A/20150830/kms/aws4_request, SignedHeaders=host, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    public void What_is_no_authorization_header_is_refused(string header) =>
        Assert.Equal("IncompleteSignatureException", Assert.Throws<EndpointFault>(() => AuthorizationHeader.Parse(header)).JsonCode);
}
