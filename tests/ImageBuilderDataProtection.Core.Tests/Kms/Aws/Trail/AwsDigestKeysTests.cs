using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Trail;
using ImageBuilderDataProtection.Tests.Audit.Integrity;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Trail;

/// <summary>CloudTrail's public keys, over HTTP.</summary>
public sealed class AwsDigestKeysTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 10, 30, 0, DateTimeKind.Utc);
    private static readonly string Fingerprint = DigestPublicKey.Fingerprint(DigestedTrail.PublicKey);

    [Fact]
    public void A_request_is_CloudTrails_own_and_goes_to_the_region_of_the_digest_files()
    {
        using var stub = new HttpStub(static request => request.Json["NextToken"] is null ? Keys("more") : Keys(null, Key(DigestedTrail.PublicKey)));
        AwsDigestKeys source = Connect(stub);
        DigestPublicKeys keys = source.Find("eu-west-1", Start, Start.AddHours(3), default);
        Assert.NotNull(keys.Find(Fingerprint.ToUpperInvariant()));

        StubRequest[] sent = [.. stub.Requests];
        Assert.Equal(2, sent.Length);
        Assert.All(sent, static request => Assert.Equal("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListPublicKeys", request.Headers["X-Amz-Target"]));
        Assert.All(sent, static request => Assert.Contains("/eu-west-1/cloudtrail/aws4_request", request.Headers["Authorization"], StringComparison.Ordinal));
        long day = new DateTimeOffset(Start.Date).ToUnixTimeSeconds();
        JObject first = JObject.Parse($$"""{"StartTime":{{day}},"EndTime":{{day + 86400}}}""");
        Assert.True(JToken.DeepEquals(first, sent[0].Json), sent[0].Body);
        first["NextToken"] = "more";
        Assert.True(JToken.DeepEquals(first, sent[1].Json), sent[1].Body);

        // A chain of the same region and days asks for nothing more; another does.
        Assert.Same(keys, source.Find("eu-west-1", Start.AddHours(1), Start.AddHours(5), default));
        Assert.Equal(2, stub.Requests.Count);
        source.Find("us-west-2", Start, Start.AddHours(3), default);
        source.Find("eu-west-1", Start, Start.AddDays(1), default);
        Assert.Equal(["us-west-2", "us-west-2", "eu-west-1", "eu-west-1"], stub.Requests.Skip(2).Select(static request => request.Region));
    }

    [Fact]
    public void A_refusal_is_about_the_region_and_anything_else_about_all()
    {
        using var stub = new HttpStub(static _ => StubAnswer.Error("AccessDeniedException", "No."));
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => Connect(stub).Find("eu-west-1", Start, Start, default));
        Assert.Equal(("PublicKeysUnavailable", FailureKind.PermissionDenied), (error.ErrorId, error.Kind));
        Assert.StartsWith("ListPublicKeys in eu-west-1 failed: No (AccessDeniedException, request id ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("the caller's policies must allow cloudtrail:ListPublicKeys.", error.Message, StringComparison.Ordinal);
        Assert.Equal("PublicKeysUnavailable", Assert.Throws<DataProtectionException>(() => Connect(stub).Find("evil.example.com/", Start, Start, default)).ErrorId);
        Assert.Single(stub.Requests);
        var gone = new HttpStub(static _ => StubAnswer.Hang);
        gone.Dispose();
        Assert.Equal("EndpointUnreachable", Assert.Throws<DataProtectionException>(() => Connect(gone).Find("eu-west-1", Start, Start, default)).ErrorId);
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("{\"PublicKeyList\":{}}")]
    [InlineData("{\"PublicKeyList\":[1]}")]
    [InlineData("{\"PublicKeyList\":[{}]}")]
    [InlineData("{\"PublicKeyList\":[{\"Value\":\"?\"}]}")]
    [InlineData("{\"PublicKeyList\":[{\"Value\":\"AAAA\"}]}")]
    [InlineData("{\"NextToken\":\"again\"}")]
    [InlineData("{\"NextToken\":1}")]
    public void What_is_no_answer_of_CloudTrail_is_one_error(string body)
    {
        using var stub = new HttpStub(_ => StubAnswer.Json(body));
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => Connect(stub).Find("eu-west-1", Start, Start, default));
        Assert.Equal("UnexpectedResponse", error.ErrorId);
        Assert.StartsWith("ListPublicKeys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_without_end_are_given_up()
    {
        int page = 0;
        string key = $"{{\"Value\":\"{Convert.ToBase64String(DigestedTrail.PublicKey)}\"}}";
        using var stub = new HttpStub(_ => StubAnswer.Json(
            $"{{\"PublicKeyList\":[{string.Join(',', Enumerable.Repeat(key, 2500))}],\"NextToken\":\"{++page}\"}}"));
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => Connect(stub).Find("eu-west-1", Start, Start, default));
        Assert.Equal("UnexpectedResponse", error.ErrorId);
        Assert.Equal((AwsDigestKeys.MaxKeys / 2500) + 1, page);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", true, "http://127.0.0.1:1")]
    [InlineData("https://s3.example.com", true, null)]
    [InlineData("https://cloudtrail.example.com", false, "https://cloudtrail.example.com")]
    public void The_endpoint_of_a_bucket_is_CloudTrails_only_on_this_machine(string given, bool isBesideBucket, string? expected)
    {
        AwsDigestKeys keys = new AwsConnections().ConnectToDigestKeys(Settings(given), isBesideBucket);
        Assert.Equal(expected, keys.EndpointUrl?.TrimEnd('/'));
    }

    private static AwsDigestKeys Connect(HttpStub stub) => new AwsConnections().ConnectToDigestKeys(Settings(stub.Url));

    private static AwsConnectionSettings Settings(string url) => new() { AccessKey = "AKIAEXAMPLEKEY000000", SecretKey = "secret", EndpointUrl = url };

    private static JObject Key(byte[] key) => new()
    {
        ["Value"] = Convert.ToBase64String(key),
        ["Fingerprint"] = Fingerprint,
        ["ValidityStartTime"] = 1771000000,
        ["ValidityEndTime"] = 1775000000,
    };

    private static StubAnswer Keys(string? token, params JObject[] keys)
    {
        var page = new JObject { ["PublicKeyList"] = new JArray(keys.Cast<object>().ToArray()) };
        if (token is not null)
        {
            page["NextToken"] = token;
        }

        return StubAnswer.Json(page.ToString());
    }
}
