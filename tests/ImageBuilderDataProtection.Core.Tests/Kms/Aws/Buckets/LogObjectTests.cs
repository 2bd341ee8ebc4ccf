using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Buckets;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Buckets;

/// <summary>What becomes of a bucket and of objects that cannot be had, or not to their end; over HTTP, with the SDK's own client.</summary>
public sealed class LogObjectTests
{
    private const string SecretKey = "secret/key+that=never/appears+anywhere01";
    private const string SessionToken = "session/token+that=never/appears+anywhere02";
    private const string Key = "AWSLogs/111122223333/CloudTrail/us-west-2/2026/03/01/111122223333_CloudTrail_us-west-2_20260301T1000Z_Mu0KsOhtH1ar15ZZ.json.gz";
    private const string Name = $"s3://{S3Stub.Bucket}/{Key}";

    [Fact]
    public void An_object_is_read_as_it_is_stored_and_as_often_as_it_is_opened()
    {
        byte[] content = new byte[3_000_000];
        Random.Shared.NextBytes(content);
        using S3Stub bucket = Serve(content);
        IAuditSource source = Source(bucket);
        Assert.Equal((Name, content.Length), (source.Name, source.Length));
        for (int i = 0; i < 2; i++)
        {
            using Stream stream = source.Open(default);
            using var copy = new MemoryStream();
            stream.CopyTo(copy, i == 0 ? 100_000 : 1000);
            Assert.Equal(content, copy.ToArray());
            Assert.Equal((content.Length, content.Length, 0), (stream.Length, stream.Position, stream.Read(new byte[1].AsSpan())));
        }

        Assert.Equal(["", Key, Key], bucket.Requests.Select(static request => request.Key));
        Assert.DoesNotContain(bucket.Requests, static request => request.Headers.ContainsKey("x-amz-checksum-mode"));
    }

    [Fact]
    public async Task An_object_that_is_left_before_its_end_is_not_read_on()
    {
        using S3Stub bucket = Serve(new byte[64 * 1024 * 1024]);
        using (Stream stream = Source(bucket).Open(default))
        {
            stream.ReadExactly(new byte[1000]);
        }

        await bucket.Dropped.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void An_object_that_breaks_off_is_one_error_that_says_how_far_it_came()
    {
        using S3Stub bucket = Serve(new byte[5000]);
        bucket.Otherwise = static request => request.IsList ? null : new S3StubAnswer(200, new byte[5000]) { BreaksAfter = 2345 };
        using Stream stream = Source(bucket).Open(default);
        IOException error = Assert.ThrowsAny<IOException>(() => stream.CopyTo(Stream.Null));
        Assert.Equal("the connection broke after 2,345 of 5,000 bytes; try again.", error.Message);
        Assert.Equal(1, bucket.Requests.Count(static request => !request.IsList));
    }

    [Fact]
    public void An_object_that_stalls_is_one_error_when_the_time_is_over()
    {
        using S3Stub bucket = Serve(new byte[5000]);
        bucket.Otherwise = static request => request.IsList ? null : new S3StubAnswer(200, new byte[5000]) { StallsAfter = 1000 };
        using Stream stream = Source(bucket, TimeSpan.FromSeconds(4)).Open(default);
        stream.ReadExactly(new byte[1000]);
        IOException error = Assert.ThrowsAny<IOException>(() => stream.ReadByte());
        Assert.Equal("no bytes came within 4 seconds, after 1,000 of 5,000 bytes; try again, or allow more with -TimeoutSec.", error.Message);
    }

    [Fact]
    public async Task Reading_and_opening_are_cancelled_at_once()
    {
        using S3Stub bucket = Serve(new byte[5000]);
        bucket.Otherwise = static request => request.IsList ? null : new S3StubAnswer(200, new byte[5000]) { StallsAfter = 1000 };
        using var stop = new CancellationTokenSource();
        using (Stream stream = Source(bucket).Open(stop.Token))
        {
            stream.ReadExactly(new byte[1000]);
            Task<int> read = Task.Run(stream.ReadByte);
            stop.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        }

        await bucket.Dropped.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.ThrowsAny<OperationCanceledException>(() => Source(bucket).Open(stop.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => Connect(bucket).Sources(AuditTimeRange.All, null, static error => throw error, stop.Token).Any());
    }

    [Fact]
    public void What_S3_is_too_busy_for_is_tried_again()
    {
        using S3Stub bucket = Serve("content"u8.ToArray());
        var refused = new HashSet<string>();
        bucket.Otherwise = request => refused.Add(request.Key)
            ? request.IsList ? S3StubAnswer.Error(503, "SlowDown", "Please reduce your request rate.") : S3StubAnswer.Error(500, "InternalError", "We encountered an internal error.")
            : null;
        using var reader = new StreamReader(Source(bucket).Open(default));
        Assert.Equal("content", reader.ReadToEnd());
        Assert.Equal(["", "", Key, Key], bucket.Requests.Select(static request => request.Key));
    }

    [Fact]
    public void A_listing_that_fails_after_it_began_well_is_tried_again()
    {
        using S3Stub bucket = Serve("content"u8.ToArray());
        int count = 0;
        bucket.Otherwise = _ => count++ == 0 ? S3StubAnswer.Error(200, "InternalError", "We encountered an internal error.") : null;
        Assert.Equal(Name, Source(bucket).Name);
        Assert.Equal(2, count);
    }

    [Theory]
    [InlineData("header301")]
    [InlineData("header400")]
    [InlineData("headerless")]
    [InlineData("temporary")]
    public void A_bucket_in_another_region_is_found_and_its_region_is_kept(string way)
    {
        using S3Stub bucket = Serve("content"u8.ToArray(), "eu-central-1");
        bucket.Otherwise = request => request.Region == "eu-central-1" ? null : way switch
        {
            "header400" => S3StubAnswer.Error(400, "AuthorizationHeaderMalformed", "the region 'us-west-2' is wrong; expecting 'eu-central-1'", "eu-central-1"),
            "headerless" when request.Method != "HEAD" => S3StubAnswer.Error(400, "AuthorizationHeaderMalformed", "the region 'us-west-2' is wrong; expecting 'eu-central-1'"),
            "temporary" => S3StubAnswer.Error(307, "TemporaryRedirect", "Please re-send this request to the specified temporary endpoint.", "eu-central-1") with
            {
                Headers = new Dictionary<string, string> { ["x-amz-bucket-region"] = "eu-central-1", ["Location"] = "http://s3.eu-central-1.example.com/" },
            },
            _ => null,
        };
        LogBucket found = Connect(bucket, region: "us-west-2");
        using (var reader = new StreamReader(found.Sources(AuditTimeRange.All, null, static error => throw error).Single().Open(default)))
        {
            Assert.Equal("content", reader.ReadToEnd());
        }

        string[] regions = [.. bucket.Requests.Select(static request => $"{request.Method} {request.Region}")];
        string[] expected = ["GET us-west-2", .. way == "headerless" ? (string[])["HEAD us-west-2"] : [], .. Enumerable.Repeat("GET eu-central-1", regions.Count(static region => region == "GET eu-central-1"))];
        Assert.Equal(expected, regions);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("evil.example.com/")]
    [InlineData("us-west-2")]
    public void A_region_that_cannot_be_is_not_followed(string? told)
    {
        using S3Stub bucket = Serve([]);
        bucket.Otherwise = _ => S3StubAnswer.Error(301, "PermanentRedirect", "The bucket must be addressed using the specified endpoint.", told);
        DataProtectionException error = Assert.ThrowsAny<DataProtectionException>(() => Source(bucket));
        Assert.Equal("PermanentRedirect", error.ErrorId);
        Assert.EndsWith("give it with -Region.", error.Message, StringComparison.Ordinal);
        Assert.InRange(bucket.Requests.Count, 1, 2);
    }

    [Fact]
    public void An_object_without_permission_is_one_error_and_the_others_are_read()
    {
        using S3Stub bucket = Serve("content"u8.ToArray());
        string denied = Key.Replace("T1000Z", "T1001Z", StringComparison.Ordinal);
        string last = Key.Replace("T1000Z", "T1002Z", StringComparison.Ordinal);
        bucket.Add(denied, last);
        bucket.Otherwise = request => request.Key == denied ? S3StubAnswer.Error(403, "AccessDenied", "Access Denied") : null;
        IAuditSource[] sources = [.. Connect(bucket).Sources(AuditTimeRange.All, null, static error => throw error)];
        Assert.Equal([Name, $"s3://{S3Stub.Bucket}/{denied}", $"s3://{S3Stub.Bucket}/{last}"], sources.Select(static source => source.Name));
        DataProtectionException error = Assert.ThrowsAny<DataProtectionException>(() => sources[1].Open(default));
        Assert.Equal(
            $"GetObject of s3://{S3Stub.Bucket}/{denied} failed: Access Denied (AccessDenied, request id {S3StubAnswer.RequestId}); "
            + "the caller's policies and the bucket policy must allow s3:ListBucket on the bucket and s3:GetObject on its objects.",
            error.Message);
        sources[0].Open(default).Dispose();
        sources[2].Open(default).Dispose();
    }

    [Fact]
    public void A_prefix_that_may_not_be_listed_is_one_error_and_the_others_are()
    {
        using S3Stub bucket = Serve("content"u8.ToArray());
        string other = Key.Replace("111122223333", "444455556666", StringComparison.Ordinal);
        bucket.Add(other);
        bucket.Otherwise = static request => request.Get("prefix")?.Contains("/111122223333/", StringComparison.Ordinal) == true ? S3StubAnswer.Error(403, "AccessDenied", "Access Denied") : null;
        var errors = new List<AuditReadException>();
        Assert.Equal($"s3://{S3Stub.Bucket}/{other}", Connect(bucket).Sources(AuditTimeRange.All, null, errors.Add).Single().Name);
        AuditReadException error = Assert.Single(errors);
        Assert.Equal(("AccessDenied", FailureKind.PermissionDenied, $"s3://{S3Stub.Bucket}/AWSLogs/111122223333/CloudTrail/"), (error.ErrorId, error.Kind, error.File));
        Assert.StartsWith($"ListObjectsV2 of s3://{S3Stub.Bucket}/AWSLogs/111122223333/CloudTrail/ failed: Access Denied (AccessDenied", error.Message, StringComparison.Ordinal);

        // Where nothing may be listed, that is told once, and not that there is nothing.
        errors.Clear();
        bucket.Otherwise = static _ => S3StubAnswer.Error(403, "AccessDenied", "Access Denied");
        Assert.Empty(Connect(bucket).Sources(AuditTimeRange.All, null, errors.Add));
        Assert.Single(errors);
    }

    [Theory]
    [InlineData(403, "AccessDenied", "User: arn:aws:iam::111122223333:user/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-west-2:111122223333:key/k", FailureKind.PermissionDenied, "must allow kms:Decrypt")]
    [InlineData(403, "AccessDenied", "The ciphertext refers to a customer master key that you are not allowed to access.", FailureKind.PermissionDenied, "must allow kms:Decrypt")]
    [InlineData(400, "KMS.DisabledException", "arn:aws:kms:us-west-2:111122223333:key/k is disabled.", FailureKind.Unavailable, "see the key's state")]
    [InlineData(403, "InvalidObjectState", "The operation is not valid for the object's storage class", FailureKind.InvalidState, "restore it first")]
    [InlineData(404, "NoSuchBucket", "The specified bucket does not exist", FailureKind.NotFound, "correct the bucket in -S3Uri")]
    [InlineData(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", FailureKind.PermissionDenied, "correct -AccessKey or the profile")]
    [InlineData(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", FailureKind.Unavailable, "set this machine's clock")]
    [InlineData(400, "ExpiredToken", "The provided token has expired.", FailureKind.PermissionDenied, "get new ones")]
    public void What_S3_refuses_is_one_sentence_that_says_what_to_do(int status, string code, string message, FailureKind kind, string advice)
    {
        using S3Stub bucket = Serve("content"u8.ToArray());
        IAuditSource source = Source(bucket);
        bucket.Otherwise = _ => S3StubAnswer.Error(status, code, message);
        foreach (Action call in (Action[])[() => source.Open(default), () => Source(bucket)])
        {
            DataProtectionException error = Assert.ThrowsAny<DataProtectionException>(call);
            Assert.Equal((code, kind), (error.ErrorId, error.Kind));
            Assert.Contains($"{message.TrimEnd('.')} ({code}, request id {S3StubAnswer.RequestId}); ", error.Message, StringComparison.Ordinal);
            Assert.Contains(advice, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Theory]
    [InlineData("<html><body>Sign in to the network</body></html>")]
    [InlineData("no XML")]
    [InlineData("")]
    [InlineData("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>elsewhere</Key></Contents></ListBucketResult>")]
    [InlineData("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Size>1</Size></Contents></ListBucketResult>")]
    [InlineData("<ListBucketResult><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>logs/</Prefix></CommonPrefixes></ListBucketResult>")]
    [InlineData("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>")]
    [InlineData("<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><ListBucketResult><Prefix>&b;</Prefix></ListBucketResult>")]
    public void What_is_no_answer_of_S3_is_one_error(string body)
    {
        using S3Stub bucket = Serve([]);
        bucket.Otherwise = _ => new S3StubAnswer(200, System.Text.Encoding.UTF8.GetBytes(body));
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => Connect(bucket, "logs/").Sources(AuditTimeRange.All, null, static error => throw error).Count());
        Assert.Equal(("UnexpectedResponse", FailureKind.Unavailable), (error.ErrorId, error.Kind));
        Assert.Contains($"ListObjectsV2 of s3://{S3Stub.Bucket}/logs/ failed: what answered is no AWS response", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_that_S3_repeats_are_withheld()
    {
        using S3Stub bucket = Serve("content"u8.ToArray());
        bucket.Otherwise = static _ => S3StubAnswer.Error(403, "SignatureDoesNotMatch", $"The signature of x-amz-security-token:{SessionToken} made with {SecretKey} does not match.");
        DataProtectionException error = Assert.ThrowsAny<DataProtectionException>(() => Source(bucket));
        Assert.Contains("(withheld)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(SessionToken, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(SecretKey, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(FailureKind.PermissionDenied, error.Kind);
        Assert.All(bucket.Requests, static request => Assert.Equal(SessionToken, request.Headers["X-Amz-Security-Token"]));
    }

    [Theory]
    [InlineData("amzn-s3-demo-bucket", "us-west-2", false, "https://amzn-s3-demo-bucket.s3.us-west-2.amazonaws.com")]
    [InlineData("amzn-s3-demo-bucket", "us-east-1", false, "https://amzn-s3-demo-bucket.s3.us-east-1.amazonaws.com")]
    [InlineData("amzn-s3-demo-bucket", "us-west-2", true, "https://amzn-s3-demo-bucket.s3-fips.us-west-2.amazonaws.com")]
    [InlineData("logs.example.com", "us-west-2", false, "https://s3.us-west-2.amazonaws.com/logs.example.com")]
    [InlineData("amzn-s3-demo-bucket", "cn-north-1", false, "https://amzn-s3-demo-bucket.s3.cn-north-1.amazonaws.com.cn")]
    [InlineData("arn:aws:s3:us-west-2:111122223333:accesspoint/audit", "us-west-2", false, "https://audit-111122223333.s3-accesspoint.us-west-2.amazonaws.com")]
    public void A_bucket_is_asked_over_https_in_its_region(string bucket, string region, bool fips, string expected)
    {
        var session = new AwsSession(new AwsConnectionSettings { UseFipsEndpoint = fips }, "eu-west-1");
        var config = (Amazon.S3.AmazonS3Config)session.S3(region).Config;
        Assert.Equal(expected, config.DetermineServiceOperationEndpoint(new(new Amazon.S3.Model.ListObjectsV2Request { BucketName = bucket })).URL.TrimEnd('/'));
    }

    [Fact]
    public void An_endpoint_is_https_or_on_this_machine_and_fits_the_rest()
    {
        Assert.Equal("InsecureEndpoint", Refused(static settings => settings with { EndpointUrl = "http://s3.example.com" }));
        Assert.Equal("EndpointConflict", Refused(static settings => settings with { EndpointUrl = "https://s3.example.com", UseFipsEndpoint = true }));
        Assert.Equal("EndpointConflict", Refused(static settings => settings with { EndpointUrl = "https://s3.example.com" }, "s3://arn:aws:s3:us-west-2:111122223333:accesspoint/audit"));
        Assert.Equal("", Refused(static settings => settings, "s3://arn:aws:s3:us-west-2:111122223333:accesspoint/audit"));
        Assert.Equal("", Refused(static settings => settings with { Region = "us-west-2", UseFipsEndpoint = true }));

        static string Refused(Func<AwsConnectionSettings, AwsConnectionSettings> edit, string uri = "s3://amzn-s3-demo-bucket") =>
            (Record.Exception(() => new AwsConnections().ConnectToLogBucket(edit(new AwsConnectionSettings { Region = "us-west-2", AccessKey = "AKIAEXAMPLEKEY000000", SecretKey = "s" }), S3Uri.Parse(uri))) as DataProtectionException)?.ErrorId ?? "";
    }

    private static S3Stub Serve(byte[] content, string region = "us-west-2")
    {
        var bucket = new S3Stub { Region = region };
        bucket.Objects[Key] = content;
        return bucket;
    }

    private static IAuditSource Source(S3Stub bucket, TimeSpan? timeout = null) =>
        Connect(bucket, Key[..(Key.LastIndexOf('/') + 1)], timeout: timeout).Sources(AuditTimeRange.All, null, static error => throw error).First();

    private static LogBucket Connect(S3Stub bucket, string path = "", string? region = null, TimeSpan? timeout = null) => new AwsConnections().ConnectToLogBucket(
        new AwsConnectionSettings
        {
            Region = region ?? "us-west-2",
            AccessKey = "AKIAEXAMPLEKEY000000",
            SecretKey = SecretKey,
            SessionToken = SessionToken,
            EndpointUrl = bucket.Url,
            Timeout = timeout ?? AwsConnectionSettings.DefaultTimeout,
        },
        S3Uri.Parse($"s3://{S3Stub.Bucket}/{path}"));
}
