using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Kms.Local.Endpoint;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Kms.Endpoint;

/// <summary>The endpoint over real sockets, asked by a client of the tests' own.</summary>
public sealed class LocalKmsEndpointTests : IDisposable
{
    private const string Account = "111122223333";
    private const string Role = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly LocalKmsStore _store;
    private readonly LocalKmsEndpoint _endpoint;

    public LocalKmsEndpointTests()
    {
        _store = LocalKmsStore.Open(_folder["kms"]);
        _endpoint = LocalKmsEndpoint.Start(_store, new LocalKmsEndpointSettings { Account = Account });
    }

    private TestSigner Root => new(_endpoint.Credentials);

    public void Dispose()
    {
        _endpoint.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_key_is_made_used_and_recorded_with_who_asked()
    {
        JObject key = (JObject)(await CallAsync("CreateKey", """{"Description":"From afar"}"""))["KeyMetadata"]!;
        Assert.Equal((Account, "From afar", "Enabled", true), ((string)key["AWSAccountId"]!, (string)key["Description"]!, (string)key["KeyState"]!, (bool)key["Enabled"]!));
        string arn = (string)key["Arn"]!;
        string plaintext = Convert.ToBase64String("a workflow"u8);
        JObject made = await CallAsync("Encrypt", $$$"""{"KeyId":"{{{arn}}}","Plaintext":"{{{plaintext}}}","EncryptionContext":{"a":"b"}}""");
        using HttpResponseMessage response = await _client.SendAsync(
            Root.Request(_endpoint.Url, "TrentService.Decrypt", $$$"""{"CiphertextBlob":"{{{made["CiphertextBlob"]}}}","EncryptionContext":{"a":"b"}}"""));
        JObject opened = JObject.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((plaintext, arn, "SYMMETRIC_DEFAULT"), ((string)opened["Plaintext"]!, (string)opened["KeyId"]!, (string)opened["EncryptionAlgorithm"]!));
        Assert.Equal("application/x-amz-json-1.1", response.Content.Headers.ContentType!.ToString());

        KmsAuditEvent record = Records()[^1];
        Assert.Equal(
            ("Decrypt", "127.0.0.1", "raw-client/1.0", $"arn:aws:iam::{Account}:root", _endpoint.Credentials.AccessKeyId),
            (record.EventName, record.SourceIPAddress, record.UserAgent, record.Principal, record.UserIdentity!.AccessKeyId));
        Assert.Equal(response.Headers.GetValues("x-amzn-RequestId").Single(), record.RequestId);
        Assert.Null(record.UserIdentity.SessionContext);
    }

    [Fact]
    public async Task A_refusal_of_KMS_has_its_name_and_its_records_request_id()
    {
        using HttpResponseMessage response = await _client.SendAsync(Root.Request(_endpoint.Url, "TrentService.DescribeKey", """{"KeyId":"alias/none"}"""));
        await AssertErrorAsync(response, HttpStatusCode.BadRequest, "NotFoundException", "alias/none");
        Assert.Equal((response.Headers.GetValues("x-amzn-RequestId").Single(), "NotFoundException"), (Records()[^1].RequestId, Records()[^1].ErrorCode));
    }

    [Fact]
    public async Task A_key_of_another_region_is_not_found()
    {
        string arn = await CreateKeyAsync();
        await AssertErrorAsync(
            await _client.SendAsync((Root with { Region = "us-east-1" }).Request(_endpoint.Url, "TrentService.DescribeKey", $$"""{"KeyId":"{{arn}}"}""")),
            HttpStatusCode.BadRequest,
            "NotFoundException",
            "Invalid arn us-west-2");
    }

    [Fact]
    public async Task An_unsigned_request_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint.Url) { Content = new StringContent("{}", Encoding.UTF8, "application/x-amz-json-1.1") };
        request.Headers.Add("X-Amz-Target", "TrentService.ListKeys");
        await AssertErrorAsync(await _client.SendAsync(request), HttpStatusCode.BadRequest, "MissingAuthenticationTokenException", "Authorization");
        Assert.Empty(Records());
    }

    [Fact]
    public async Task A_signature_with_another_secret_is_refused() =>
        await AssertRefusedAsync(Root with { Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }, "InvalidSignatureException", "does not match the signature you provided");

    [Fact]
    public async Task A_signature_of_credentials_that_were_not_issued_is_refused() => await AssertRefusedAsync(
        new TestSigner(new LocalCredentials("AKIAIOSFODNN7EXAMPLE", _endpoint.Credentials.SecretAccessKey, null, null)), "UnrecognizedClientException", "invalid");

    [Theory]
    [InlineData("../../local-kms")]
    [InlineData("..%2Flocal-kms")]
    [InlineData("akiaiosfodnn7example")]
    public async Task An_access_key_id_is_no_path(string id) => await AssertRefusedAsync(
        new TestSigner(new LocalCredentials(id, "secret", null, null)), id.Contains('/', StringComparison.Ordinal) ? "IncompleteSignatureException" : "UnrecognizedClientException", "");

    [Theory]
    [InlineData(-301, "Signature expired")]
    [InlineData(-30, "when this endpoint started")]
    [InlineData(305, "Signature not yet current")]
    public async Task A_date_that_is_not_now_is_refused(int seconds, string message) =>
        await AssertRefusedAsync(Root with { Date = DateTime.UtcNow.AddSeconds(seconds) }, "InvalidSignatureException", message);

    [Fact]
    public async Task A_scope_of_another_day_is_refused()
    {
        using HttpRequestMessage request = Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}");
        string authorization = request.Headers.GetValues("Authorization").Single();
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", System.Text.RegularExpressions.Regex.Replace(authorization, "/[0-9]{8}/", "/20150830/"));
        await AssertErrorAsync(await _client.SendAsync(request), HttpStatusCode.BadRequest, "InvalidSignatureException", "Date in Credential scope");
    }

    [Theory]
    [InlineData("sts")]
    [InlineData("s3")]
    public async Task A_scope_of_another_service_is_refused(string service) =>
        await AssertRefusedAsync(Root with { Service = service }, "InvalidSignatureException", "correct service: 'kms'");

    [Fact]
    public async Task A_scope_of_another_region_is_refused_where_one_is_given_and_what_is_no_region_always()
    {
        await AssertRefusedAsync(Root with { Region = "nowhere" }, "InvalidSignatureException", "valid region, not 'nowhere'");
        await using LocalKmsEndpoint one = LocalKmsEndpoint.Start(_store, new LocalKmsEndpointSettings { Account = Account, Region = "us-west-2" });
        var signer = new TestSigner(one.Credentials);
        await AssertErrorAsync(
            await _client.SendAsync((signer with { Region = "us-east-1" }).Request(one.Url, "TrentService.ListKeys", "{}")),
            HttpStatusCode.BadRequest,
            "InvalidSignatureException",
            "valid region, not 'us-east-1'");
        Assert.True((await _client.SendAsync(signer.Request(one.Url, "TrentService.ListKeys", "{}"))).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_signature_for_another_region_than_its_scope_names_is_refused()
    {
        using HttpRequestMessage request = Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}");
        string authorization = request.Headers.GetValues("Authorization").Single();
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", authorization.Replace("us-west-2", "us-east-1", StringComparison.Ordinal));
        await AssertErrorAsync(await _client.SendAsync(request), HttpStatusCode.BadRequest, "InvalidSignatureException", "does not match");
    }

    [Fact]
    public async Task A_body_that_was_changed_is_refused()
    {
        using HttpRequestMessage request = Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}");
        var changed = new StringContent("""{"Limit":1}""");
        changed.Headers.ContentType = request.Content!.Headers.ContentType;
        request.Content = changed;
        await AssertErrorAsync(await _client.SendAsync(request), HttpStatusCode.BadRequest, "InvalidSignatureException", "does not match");
    }

    [Theory]
    [InlineData("x-amz-target")]
    [InlineData("x-amz-date")]
    [InlineData("host")]
    public async Task What_must_be_signed_must_be(string header) =>
        await AssertRefusedAsync(Root with { Unsigned = header }, "InvalidSignatureException", $"{header} must be signed");

    [Fact]
    public async Task A_stated_body_hash_that_is_not_the_bodys_is_refused()
    {
        using HttpRequestMessage request = Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}");
        request.Headers.Add("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
        await AssertErrorAsync(await _client.SendAsync(request), HttpStatusCode.BadRequest, "InvalidSignatureException", "x-amz-content-sha256 must be signed");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_is_taken_once(bool signsInvocationId)
    {
        TestSigner signer = Root with { InvocationId = Guid.NewGuid().ToString(), SignsInvocationId = signsInvocationId };
        Assert.True((await _client.SendAsync(signer.Request(_endpoint.Url, "TrentService.ListKeys", "{}"))).IsSuccessStatusCode);
        await AssertErrorAsync(
            await _client.SendAsync(signer.Request(_endpoint.Url, "TrentService.ListKeys", "{}")), HttpStatusCode.BadRequest, "InvalidSignatureException", "received before");
    }

    [Fact]
    public async Task A_request_without_an_invocation_id_is_taken_once_too_and_may_be_tried_again()
    {
        var clock = new MovingClock();
        await using LocalKmsEndpoint endpoint = LocalKmsEndpoint.Start(LocalKmsStore.Open(_folder["other"], clock), new LocalKmsEndpointSettings { Account = Account });
        TestSigner signer = new TestSigner(endpoint.Credentials) with { Date = clock.Now.UtcDateTime };
        Assert.True((await SendAsync()).IsSuccessStatusCode);
        await AssertErrorAsync(await SendAsync(), HttpStatusCode.BadRequest, "ThrottlingException", "a second later");
        clock.Now = clock.Now.AddSeconds(16);
        await AssertErrorAsync(await SendAsync(), HttpStatusCode.BadRequest, "InvalidSignatureException", "received before");
        signer = signer with { Date = clock.Now.UtcDateTime };
        Assert.True((await SendAsync()).IsSuccessStatusCode);

        Task<HttpResponseMessage> SendAsync() => _client.SendAsync(signer.Request(endpoint.Url, "TrentService.ListKeys", "{}"));
    }

    [Fact]
    public async Task A_request_without_an_invocation_id_is_not_taken_again_when_one_is_added()
    {
        using HttpRequestMessage first = Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}");
        using HttpRequestMessage replayed = Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}");
        foreach (string name in (string[])["Authorization", "X-Amz-Date"])
        {
            replayed.Headers.Remove(name);
            replayed.Headers.TryAddWithoutValidation(name, first.Headers.GetValues(name));
        }

        replayed.Headers.TryAddWithoutValidation("amz-sdk-invocation-id", "added");
        Assert.True((await _client.SendAsync(first)).IsSuccessStatusCode);
        await AssertErrorAsync(await _client.SendAsync(replayed), HttpStatusCode.BadRequest, "InvalidSignatureException", "received before");
    }

    [Fact]
    public async Task A_request_for_one_endpoint_is_not_for_another()
    {
        await using LocalKmsEndpoint other = LocalKmsEndpoint.Start(_store, new LocalKmsEndpointSettings { Account = Account });
        using HttpRequestMessage request = Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}");
        request.RequestUri = other.Url;
        request.Headers.Host = _endpoint.Url.Authority;
        using HttpResponseMessage response = await _client.SendAsync(request);
        Assert.False(response.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Equal_requests_of_concurrent_clients_are_all_answered(bool signsInvocationId)
    {
        DateTime date = DateTime.UtcNow;
        HttpStatusCode[] statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            TestSigner signer = Root with { Date = date, InvocationId = Guid.NewGuid().ToString(), SignsInvocationId = signsInvocationId };
            using HttpResponseMessage response = await _client.SendAsync(signer.Request(_endpoint.Url, "TrentService.ListKeys", "{}"));
            return response.StatusCode;
        }));
        Assert.All(statuses, static status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(40, Records().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_oversized_body_is_refused(bool isChunked)
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"KeyId":"{{new string('x', 1024 * 1024)}}"}""");
        using HttpRequestMessage request = Root.Request(_endpoint.Url, "TrentService.DescribeKey", body);
        request.Headers.TransferEncodingChunked = isChunked;
        await AssertErrorAsync(await _client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge, "RequestEntityTooLargeException", "1048576");
    }

    [Fact]
    public async Task A_chunked_body_is_read()
    {
        using HttpRequestMessage request = Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}");
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage response = await _client.SendAsync(request);
        Assert.Equal("""{"Keys":[],"Truncated":false}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("TrentService.GetParametersForImport", "{}", "UnknownOperationException", "GetParametersForImport")]
    [InlineData("TrentService.Other.ListKeys", "{}", "UnknownOperationException", "Other.ListKeys")]
    [InlineData("DynamoDB_20120810.GetItem", "{}", "UnknownOperationException", "TrentService")]
    [InlineData("TrentService.ListKeys", "{", "SerializationException", "line 1")]
    [InlineData("TrentService.ListKeys", "[]", "SerializationException", "object")]
    [InlineData("TrentService.ListKeys", """{"Limit":1,"Limit":2}""", "SerializationException", "twice")]
    [InlineData("TrentService.ListKeys", """{"Limit":"1"}""", "SerializationException", "Limit")]
    [InlineData("TrentService.ListKeys", """{"Limit":1001}""", "ValidationException", "1 to 1000")]
    [InlineData("TrentService.DescribeKey", "{}", "ValidationException", "KeyId")]
    [InlineData("TrentService.DescribeKey", """{"KeyId":"alias/a","GrantTokens":["t"]}""", "UnsupportedOperationException", "GrantTokens")]
    [InlineData("TrentService.DescribeKey", """{"KeyId":"a b"}""", "NotFoundException", "a b")]
    [InlineData("TrentService.DescribeKey", """{"KeyId":"arn:aws:kms:x"}""", "InvalidArnException", "arn:aws:kms:x")]
    [InlineData("TrentService.Encrypt", """{"KeyId":"alias/a","Plaintext":"AA==","DryRun":true}""", "UnsupportedOperationException", "DryRun")]
    [InlineData("TrentService.Encrypt", """{"KeyId":"alias/a","Plaintext":"AA==","EncryptionAlgorithm":"RSAES_OAEP_SHA_256"}""", "UnsupportedOperationException", "SYMMETRIC_DEFAULT")]
    [InlineData("TrentService.Encrypt", """{"KeyId":"alias/a","Plaintext":"?"}""", "SerializationException", "base64")]
    [InlineData("TrentService.GenerateDataKey", """{"KeyId":"alias/a"}""", "ValidationException", "number of bytes or key spec")]
    [InlineData("TrentService.GenerateDataKey", """{"KeyId":"alias/a","KeySpec":"AES_512"}""", "ValidationException", "AES_512")]
    [InlineData("TrentService.GenerateDataKey", """{"KeyId":"alias/a","NumberOfBytes":1025}""", "ValidationException", "1 to 1024")]
    [InlineData("TrentService.CreateKey", """{"KeySpec":"RSA_2048"}""", "UnsupportedOperationException", "RSA_2048")]
    [InlineData("TrentService.CreateKey", """{"MultiRegion":true}""", "UnsupportedOperationException", "MultiRegion")]
    [InlineData("TrentService.GetKeyPolicy", """{"KeyId":"a","PolicyName":"other"}""", "NotFoundException", "other")]
    [InlineData("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", """{"LookupAttributes":[{"AttributeKey":"Color","AttributeValue":"red"}]}""", "InvalidLookupAttributesException", "Color")]
    [InlineData("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", """{"StartTime":2,"EndTime":1}""", "InvalidTimeRangeException", "StartTime")]
    [InlineData("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", """{"MaxResults":51}""", "InvalidMaxResultsException", "51")]
    [InlineData("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", """{"EventCategory":"insight"}""", "UnsupportedOperationException", "EventCategory")]
    [InlineData("CloudTrail_20131101.CreateTrail", "{}", "UnknownOperationException", "CreateTrail")]
    public async Task What_is_wrong_or_not_supported_is_named(string target, string body, string code, string message)
    {
        TestSigner signer = target.StartsWith("Trent", StringComparison.Ordinal) ? Root : Root with { Service = "cloudtrail" };
        await AssertErrorAsync(await _client.SendAsync(signer.Request(_endpoint.Url, target, body)), HttpStatusCode.BadRequest, code, message);
    }

    [Fact]
    public async Task Another_method_path_or_host_is_refused()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync(_endpoint.Url)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.SendAsync(Root.Request(new Uri(_endpoint.Url, "/other"), "TrentService.ListKeys", "{}"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.SendAsync(Root.Request(new Uri(_endpoint.Url, "/?a=b"), "TrentService.ListKeys", "{}"))).StatusCode);
        using HttpRequestMessage rebound = Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}");
        rebound.Headers.Host = $"attacker.example:{_endpoint.Url.Port}";
        Assert.False((await _client.SendAsync(rebound)).IsSuccessStatusCode);
        Assert.Empty(Records());
    }

    [Fact]
    public void It_listens_on_loopback_only()
    {
        IPAddress[] others = [.. Dns.GetHostAddresses(Dns.GetHostName()).Where(static address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))];
        Assert.Equal("127.0.0.1", _endpoint.Url.Host);
        Assert.All(
            System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == _endpoint.Url.Port),
            static listener => Assert.Equal(IPAddress.Loopback, listener.Address));
        Assert.All(others, address => Assert.Throws<SocketException>(() => new TcpClient(new IPEndPoint(address, 0)).Connect(address, _endpoint.Url.Port)));
    }

    [Fact]
    public async Task The_identity_is_the_signers()
    {
        XElement answer = await StsAsync(Root, "Action=GetCallerIdentity&Version=2011-06-15");
        Assert.Equal(($"arn:aws:iam::{Account}:root", Account), (Value(answer, "Arn"), Value(answer, "Account")));
    }

    [Fact]
    public async Task An_assumed_role_signs_with_its_own_credentials_until_they_end()
    {
        XElement answer = await StsAsync(Root, $"Action=AssumeRole&Version=2011-06-15&RoleArn={Uri.EscapeDataString(Role)}&RoleSessionName=build+1".Replace("+1", "-1", StringComparison.Ordinal));
        var session = new LocalCredentials(Value(answer, "AccessKeyId"), Value(answer, "SecretAccessKey"), Value(answer, "SessionToken"), null);
        string arn = await CreateKeyAsync(KeyPolicy.Default(PrincipalArn.Parse(Role)).ToJson());
        var signer = new TestSigner(session);
        XElement identity = await StsAsync(signer, "Action=GetCallerIdentity&Version=2011-06-15");
        Assert.Equal($"arn:aws:sts::{Account}:assumed-role/YourImageBuilderExecutionRole/build-1", Value(identity, "Arn"));
        await AssertErrorAsync(
            await _client.SendAsync(signer.Request(_endpoint.Url, "TrentService.ListKeys", "{}")), HttpStatusCode.BadRequest, "AccessDeniedException", "kms:ListKeys");
        using HttpResponseMessage described = await _client.SendAsync(signer.Request(_endpoint.Url, "TrentService.DescribeKey", $$"""{"KeyId":"{{arn}}"}"""));
        Assert.Equal((HttpStatusCode.OK, session.AccessKeyId), (described.StatusCode, Records()[^1].UserIdentity!.AccessKeyId));

        foreach (string? token in (string?[])[null, session.SessionToken + "x"])
        {
            await AssertErrorAsync(
                await _client.SendAsync(new TestSigner(new LocalCredentials(session.AccessKeyId, session.SecretAccessKey, token, null)).Request(_endpoint.Url, "TrentService.ListKeys", "{}")),
                HttpStatusCode.BadRequest,
                "UnrecognizedClientException",
                "invalid");
        }
    }

    [Theory]
    [InlineData("Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:user/u&RoleSessionName=ab", HttpStatusCode.BadRequest, "ValidationError")]
    [InlineData("Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/R", HttpStatusCode.BadRequest, "ValidationError")]
    [InlineData("Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/R&RoleSessionName=a", HttpStatusCode.BadRequest, "ValidationError")]
    [InlineData("Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/R&RoleSessionName=ab&DurationSeconds=899", HttpStatusCode.BadRequest, "ValidationError")]
    [InlineData("Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/R&RoleSessionName=ab&ExternalId=x", HttpStatusCode.BadRequest, "ValidationError")]
    [InlineData("Action=GetSessionToken&Version=2011-06-15", HttpStatusCode.BadRequest, "InvalidAction")]
    [InlineData("Action=GetCallerIdentity&Version=2011-06-15&Action=AssumeRole", HttpStatusCode.BadRequest, "MalformedQueryString")]
    [InlineData("", HttpStatusCode.BadRequest, "ValidationError")]
    [InlineData("Action=%01%3C&Version=2011-06-15", HttpStatusCode.BadRequest, "InvalidAction")]
    public async Task What_STS_does_not_take_is_an_error_in_XML(string body, HttpStatusCode status, string code) =>
        await AssertStsErrorAsync((Root with { Service = "sts" }).Request(_endpoint.Url, null, body), status, code);

    [Fact]
    public async Task A_wrong_signature_for_STS_is_an_error_in_XML() => await AssertStsErrorAsync(
        (Root with { Service = "sts", Secret = "other" }).Request(_endpoint.Url, null, "Action=GetCallerIdentity&Version=2011-06-15"), HttpStatusCode.Forbidden, "SignatureDoesNotMatch");

    [Fact]
    public async Task A_session_that_has_ended_is_refused()
    {
        var clock = new MovingClock();
        await using LocalKmsEndpoint endpoint = LocalKmsEndpoint.Start(
            LocalKmsStore.Open(_folder["other"], clock), new LocalKmsEndpointSettings { Role = PrincipalArn.Parse(Role) });
        Assert.True((await _client.SendAsync((new TestSigner(endpoint.Credentials) with { Service = "sts", Date = clock.Now.UtcDateTime })
            .Request(endpoint.Url, null, "Action=GetCallerIdentity&Version=2011-06-15"))).IsSuccessStatusCode);
        clock.Now = clock.Now.AddHours(12);
        await AssertStsErrorAsync(
            (new TestSigner(endpoint.Credentials) with { Service = "sts", Date = clock.Now.UtcDateTime }).Request(endpoint.Url, null, "Action=GetCallerIdentity&Version=2011-06-15"),
            HttpStatusCode.Forbidden,
            "ExpiredToken");
    }

    [Fact]
    public async Task Lists_come_in_pages()
    {
        for (int i = 0; i < 3; i++)
        {
            string arn = await CreateKeyAsync();
            await CallAsync("CreateAlias", $$"""{"AliasName":"alias/a{{i}}","TargetKeyId":"{{arn}}"}""");
            await CallAsync("TagResource", $$"""{"KeyId":"{{arn}}","Tags":[{"TagKey":"b","TagValue":"2"},{"TagKey":"a","TagValue":"{{i}}"}]}""");
        }

        foreach ((string operation, string member, string name) in ((string, string, string)[])[("ListKeys", "Keys", "KeyId"), ("ListAliases", "Aliases", "AliasName")])
        {
            JObject first = await CallAsync(operation, """{"Limit":2}""");
            Assert.Equal((2, true), (first[member]!.Count(), (bool)first["Truncated"]!));
            JObject second = await CallAsync(operation, $$"""{"Limit":2,"Marker":"{{first["NextMarker"]}}"}""");
            Assert.Equal((1, false, null), (second[member]!.Count(), (bool)second["Truncated"]!, second["NextMarker"]));
            Assert.Equal(3, first[member]!.Concat(second[member]!).Select(item => (string)item[name]!).Distinct().Count());
        }

        string key = (string)(await CallAsync("ListAliases", """{"Limit":1}"""))["Aliases"]![0]!["TargetKeyId"]!;
        Assert.Equal("alias/a0", (string)Assert.Single((await CallAsync("ListAliases", $$"""{"KeyId":"{{key}}"}"""))["Aliases"]!)["AliasName"]!);
        JObject tags = await CallAsync("ListResourceTags", $$"""{"KeyId":"{{key}}","Limit":1}""");
        Assert.Equal(("a", "0", "a"), ((string)tags["Tags"]![0]!["TagKey"]!, (string)tags["Tags"]![0]!["TagValue"]!, (string)tags["NextMarker"]!));
        await CallAsync("UntagResource", $$"""{"KeyId":"{{key}}","TagKeys":["a","none"]}""");
        Assert.Equal("b", (string)Assert.Single((await CallAsync("ListResourceTags", $$"""{"KeyId":"{{key}}"}"""))["Tags"]!)["TagKey"]!);
    }

    [Theory]
    [InlineData("""[{"TagKey":"aws:x","TagValue":"1"}]""")]
    [InlineData("""[{"TagKey":"","TagValue":"1"}]""")]
    [InlineData("""[{"TagKey":"a","TagValue":"1"},{"TagKey":"a","TagValue":"2"}]""")]
    public async Task A_tag_that_AWS_would_refuse_is_refused(string tags) => await AssertErrorAsync(
        await _client.SendAsync(Root.Request(_endpoint.Url, "TrentService.TagResource", $$"""{"KeyId":"{{await CreateKeyAsync()}}","Tags":{{tags}}}""")),
        HttpStatusCode.BadRequest,
        "TagException",
        "tag");

    [Theory]
    [InlineData("\"NumberOfBytes\":64", 64)]
    [InlineData("\"KeySpec\":\"AES_128\"", 16)]
    [InlineData("\"KeySpec\":\"AES_256\"", 32)]
    public async Task Data_keys_have_the_length_that_was_asked(string length, int bytes)
    {
        string arn = await CreateKeyAsync();
        JObject made = await CallAsync("GenerateDataKey", $$"""{"KeyId":"{{arn}}",{{length}}}""");
        Assert.Equal(bytes, Convert.FromBase64String((string)made["Plaintext"]!).Length);
        JObject opened = await CallAsync("Decrypt", $$"""{"KeyId":"{{arn}}","CiphertextBlob":"{{made["CiphertextBlob"]}}"}""");
        Assert.Equal((string)made["Plaintext"]!, (string)opened["Plaintext"]!);
        Assert.Equal((string)made["KeyMaterialId"]!, (string)opened["KeyMaterialId"]!);
        JObject sealedOnly = await CallAsync("GenerateDataKeyWithoutPlaintext", $$"""{"KeyId":"{{arn}}",{{length}}}""");
        Assert.Null(sealedOnly["Plaintext"]);
        JObject later = await CallAsync("Decrypt", $$"""{"CiphertextBlob":"{{sealedOnly["CiphertextBlob"]}}"}""");
        Assert.Equal(bytes, Convert.FromBase64String((string)later["Plaintext"]!).Length);
    }

    [Fact]
    public async Task Events_are_looked_up_the_newest_first_and_in_pages()
    {
        string arn = await CreateKeyAsync();
        await CallAsync("DescribeKey", $$"""{"KeyId":"{{arn}}"}""");
        await CallAsync("ListKeys", "{}");
        JObject first = await LookupAsync("""{"MaxResults":2}""");
        Assert.Equal(["ListKeys", "DescribeKey"], first["Events"]!.Select(static one => (string)one["EventName"]!));
        JObject second = await LookupAsync($$"""{"MaxResults":2,"NextToken":"{{first["NextToken"]}}"}""");
        JToken last = Assert.Single(second["Events"]!);
        Assert.Equal(("CreateKey", "false", "root", _endpoint.Credentials.AccessKeyId), ((string)last["EventName"]!, (string)last["ReadOnly"]!, (string)last["Username"]!, (string)last["AccessKeyId"]!));
        Assert.Null(second["NextToken"]);
        Assert.Equal((string)last["EventId"]!, KmsAuditEvent.Parse((string)last["CloudTrailEvent"]!).EventId);
        JObject found = await LookupAsync($$"""{"LookupAttributes":[{"AttributeKey":"ResourceName","AttributeValue":"{{arn}}"}]}""");
        Assert.Equal(["DescribeKey", "CreateKey"], found["Events"]!.Select(static one => (string)one["EventName"]!));
        Assert.Empty((await LookupAsync("""{"EndTime":1000}"""))["Events"]!);
        Assert.Equal(3, (await LookupAsync("""{"StartTime":1000.5,"EndTime":4000000000}"""))["Events"]!.Count());
    }

    [Fact]
    public async Task A_role_may_look_up_events_where_its_policy_says_so()
    {
        await using LocalKmsEndpoint endpoint = LocalKmsEndpoint.Start(_store, new LocalKmsEndpointSettings { Role = PrincipalArn.Parse(Role) });
        TestSigner signer = new TestSigner(endpoint.Credentials) with { Service = "cloudtrail" };
        await AssertErrorAsync(
            await _client.SendAsync(signer.Request(endpoint.Url, "CloudTrail_20131101.LookupEvents", "{}")), HttpStatusCode.BadRequest, "AccessDeniedException", "cloudtrail:LookupEvents");
        string path = _store.RolePolicyPath(PrincipalArn.Parse(Role));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"cloudtrail:LookupEvents","Resource":"*"}]}""");
        Assert.True((await _client.SendAsync((signer with { InvocationId = "2" }).Request(endpoint.Url, "CloudTrail_20131101.LookupEvents", "{ }"))).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_policy_sees_that_the_transport_is_not_TLS()
    {
        const string Policy = """
            {"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
            {"Effect":"Deny","Principal":{"AWS":"*"},"Action":"kms:GenerateDataKey","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}
            """;
        string arn = await CreateKeyAsync(Policy);
        await AssertErrorAsync(
            await _client.SendAsync(Root.Request(_endpoint.Url, "TrentService.GenerateDataKey", $$"""{"KeyId":"{{arn}}","KeySpec":"AES_256"}""")),
            HttpStatusCode.BadRequest,
            "AccessDeniedException",
            "explicit deny");
    }

    [Fact]
    public async Task What_a_start_issues_is_on_no_disk_and_good_at_no_other_endpoint()
    {
        Assert.False(Directory.Exists(Path.Combine(_store.Folder, "credentials")));
        await using LocalKmsEndpoint other = LocalKmsEndpoint.Start(_store, new LocalKmsEndpointSettings { Account = Account });
        await AssertErrorAsync(
            await _client.SendAsync(Root.Request(other.Url, "TrentService.ListKeys", "{}")), HttpStatusCode.BadRequest, "UnrecognizedClientException", "");
        Assert.True((await _client.SendAsync(Root.Request(_endpoint.Url, "TrentService.ListKeys", "{}"))).IsSuccessStatusCode);
        _endpoint.Dispose();
        Assert.False(_endpoint.IsRunning);
        _endpoint.Dispose();
    }

    [Fact]
    public async Task A_role_session_is_the_owners_alone_has_an_end_and_is_good_at_every_endpoint_of_the_store()
    {
        XElement answer = await StsAsync(Root, $"Action=AssumeRole&Version=2011-06-15&RoleArn={Uri.EscapeDataString(Role)}&RoleSessionName=build");
        var session = new LocalCredentials(Value(answer, "AccessKeyId"), Value(answer, "SecretAccessKey"), Value(answer, "SessionToken"), null);
        string file = Path.Combine(_store.Folder, "credentials", session.AccessKeyId + ".json");
        Assert.NotNull((string?)JObject.Parse(await File.ReadAllTextAsync(file))["expiration"]);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        await using LocalKmsEndpoint other = LocalKmsEndpoint.Start(_store, new LocalKmsEndpointSettings { Account = Account });
        TestSigner signer = new TestSigner(session) with { Service = "sts" };
        Assert.True((await _client.SendAsync(signer.Request(other.Url, null, "Action=GetCallerIdentity&Version=2011-06-15"))).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Nothing_answers_after_it_stops()
    {
        Uri url = _endpoint.Url;
        TestSigner signer = Root;
        _endpoint.Dispose();
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.SendAsync(signer.Request(url, "TrentService.ListKeys", "{}")));
        await using LocalKmsEndpoint next = LocalKmsEndpoint.Start(_store, new LocalKmsEndpointSettings { Account = Account, Port = url.Port });
        await AssertErrorAsync(
            await _client.SendAsync((signer with { Date = DateTime.UtcNow.AddSeconds(1) }).Request(next.Url, "TrentService.ListKeys", "{}")), HttpStatusCode.BadRequest, "UnrecognizedClientException", "");
    }

    [Fact]
    public void No_text_of_an_endpoint_shows_its_secret()
    {
        Assert.DoesNotContain(_endpoint.Credentials.SecretAccessKey, $"{_endpoint} {_endpoint.Credentials}", StringComparison.Ordinal);
        Assert.Equal(_endpoint.Credentials.SecretAccessKey, _endpoint.ToEnvironment()["AWS_SECRET_ACCESS_KEY"]);
        Assert.Equal(
            ["AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_CLOUDTRAIL", "AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL_STS", "AWS_REGION", "AWS_SECRET_ACCESS_KEY"],
            _endpoint.ToEnvironment("us-west-2").Keys);
    }

    [Fact]
    public void What_it_cannot_start_with_is_one_clear_error()
    {
        AssertError("PortUnavailable", new LocalKmsEndpointSettings { Account = Account, Port = _endpoint.Url.Port });
        AssertError("InvalidPort", new LocalKmsEndpointSettings { Account = Account, Port = 70_000 });
        AssertError("InvalidRegion", new LocalKmsEndpointSettings { Account = Account, Region = "West" });
        AssertError("AccountUnknown", new LocalKmsEndpointSettings());
        AssertError("AccountMismatch", new LocalKmsEndpointSettings { Account = "444455556666", Role = PrincipalArn.Parse(Role) });
        AssertError("InvalidAccount", new LocalKmsEndpointSettings { Account = "12" });

        void AssertError(string id, LocalKmsEndpointSettings settings) =>
            Assert.Equal(id, Assert.Throws<DataProtectionException>(() => LocalKmsEndpoint.Start(_store, settings)).ErrorId);
    }

    private static async Task AssertErrorAsync(HttpResponseMessage response, HttpStatusCode status, string code, string message)
    {
        using (response)
        {
            string body = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == status, $"{response.StatusCode}: {body}");
            JObject error = JObject.Parse(body);
            Assert.Equal(code, (string)error["__type"]!);
            Assert.Contains(message, (string)error["message"]!, StringComparison.Ordinal);
            Assert.Matches("^[0-9a-f-]{36}$", response.Headers.GetValues("x-amzn-RequestId").Single());
        }
    }

    private async Task AssertRefusedAsync(TestSigner signer, string code, string message)
    {
        await AssertErrorAsync(await _client.SendAsync(signer.Request(_endpoint.Url, "TrentService.ListKeys", "{}")), HttpStatusCode.BadRequest, code, message);
        Assert.Empty(Records());
    }

    private async Task AssertStsErrorAsync(HttpRequestMessage request, HttpStatusCode status, string code)
    {
        using HttpResponseMessage response = await _client.SendAsync(request);
        XElement error = XElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((status, "ErrorResponse", code), (response.StatusCode, error.Name.LocalName, Value(error, "Code")));
        Assert.Equal(response.Headers.GetValues("x-amzn-RequestId").Single(), Value(error, "RequestId"));
    }

    private static string Value(XElement answer, string name) => answer.Descendants().Single(element => element.Name.LocalName == name).Value;

    private List<KmsAuditEvent> Records() => Directory.Exists(_store.TrailFolder)
        ? [.. new AuditReader { Filter = new() { AllKmsEvents = true } }.Read([_store.TrailFolder], static error => throw error)]
        : [];

    private async Task<JObject> CallAsync(string operation, string body)
    {
        TestSigner signer = Root with { InvocationId = Guid.NewGuid().ToString(), SignsInvocationId = true };
        using HttpResponseMessage response = await _client.SendAsync(signer.Request(_endpoint.Url, "TrentService." + operation, body));
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, answer);
        return answer.Length == 0 ? [] : JObject.Parse(answer);
    }

    private async Task<JObject> LookupAsync(string body)
    {
        TestSigner signer = Root with { Service = "cloudtrail", InvocationId = Guid.NewGuid().ToString() };
        using HttpResponseMessage response = await _client.SendAsync(signer.Request(_endpoint.Url, "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", body));
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, answer);
        return JObject.Parse(answer);
    }

    private async Task<XElement> StsAsync(TestSigner signer, string body)
    {
        using HttpResponseMessage response = await _client.SendAsync((signer with { Service = "sts" }).Request(_endpoint.Url, null, body));
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, answer);
        return XElement.Parse(answer);
    }

    private async Task<string> CreateKeyAsync(string? policy = null) => (string)(await CallAsync(
        "CreateKey", policy is null ? "{}" : new JObject { ["Policy"] = policy, ["BypassPolicyLockoutSafetyCheck"] = true }.ToString()))["KeyMetadata"]!["Arn"]!;

    private sealed class MovingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
