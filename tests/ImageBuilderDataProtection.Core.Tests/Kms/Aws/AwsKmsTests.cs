using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Kms.Aws;

/// <summary>What AWS KMS is sent, and what becomes of each of its answers.</summary>
public sealed class AwsKmsTests
{
    private const string AccessKey = "AKIAEXAMPLEKEY000000";
    private const string SecretKey = "secret/key+that=never/appears+anywhere01";
    private const string SessionToken = "session/token+that=never/appears+anywhere02";
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0/*";

    private static readonly KeyArn Key = KeyArn.Parse("arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    private static readonly EncryptionContext Context = EncryptionContext.Empty.With(EncryptionContext.WorkflowArnKey, Workflow);
    private static readonly string Blob = Convert.ToBase64String("blob"u8);
    private static readonly string DataKey = Convert.ToBase64String(new byte[32]);

    [Fact]
    public async Task Decrypt_and_GenerateDataKey_send_key_context_and_length_and_give_back_what_is_answered()
    {
        using HttpStub stub = Serve(static request => request.Operation == "Decrypt"
            ? StubAnswer.Json($$"""{"KeyId":"{{Key}}","Plaintext":"{{DataKey}}","EncryptionAlgorithm":"SYMMETRIC_DEFAULT"}""")
            : StubAnswer.Json($$"""{"KeyId":"{{Key}}","Plaintext":"{{DataKey}}","CiphertextBlob":"{{Blob}}"}"""));
        IKms kms = Connect(stub);

        GeneratedDataKey made = await kms.GenerateDataKeyAsync(KeyIdentifier.Parse("alias/ExampleKMSKey"), Context, default);
        DecryptedData opened = await kms.DecryptAsync(Key, made.CiphertextBlob, Context, default);

        Assert.Equal((Key, Key, 32, 32), (made.KeyArn, opened.KeyArn, made.Plaintext.Length, opened.Plaintext.Length));
        Assert.Equal("blob"u8, made.CiphertextBlob);
        StubRequest[] sent = [.. stub.Requests.Where(static request => request.Operation != "GetCallerIdentity")];
        Assert.True(JToken.DeepEquals(
            JObject.Parse($$"""{"EncryptionContext":{"aws:imagebuilder:arn":"{{Workflow}}"},"KeyId":"alias/ExampleKMSKey","NumberOfBytes":32}"""), sent[0].Json));
        Assert.True(JToken.DeepEquals(
            JObject.Parse($$"""{"CiphertextBlob":"{{Blob}}","EncryptionContext":{"aws:imagebuilder:arn":"{{Workflow}}"},"KeyId":"{{Key}}"}"""), sent[1].Json));
        Assert.All(sent, static request => Assert.Equal((AccessKey, "us-west-2"), (request.AccessKey, request.Region)));
        Assert.All(sent, static request => Assert.Equal(SessionToken, request.Headers["X-Amz-Security-Token"]));
    }

    [Fact]
    public async Task Every_operation_goes_out_under_its_own_name()
    {
        string metadata = $$"""{"KeyMetadata":{"Arn":"{{Key}}","KeyId":"{{Key.KeyId}}","KeyState":"PendingImport","CreationDate":1700000000,"Description":"d"} }""";
        using HttpStub stub = Serve(request => StubAnswer.Json(request.Operation switch
        {
            "CreateKey" or "DescribeKey" => metadata,
            "Encrypt" => $$"""{"KeyId":"{{Key}}","CiphertextBlob":"{{Blob}}"}""",
            "ReEncrypt" => $$"""{"KeyId":"{{Key}}","SourceKeyId":"{{Key}}","CiphertextBlob":"{{Blob}}"}""",
            "GetKeyPolicy" => """{"Policy":"{}"}""",
            "GetKeyRotationStatus" => """{"KeyRotationEnabled":true,"RotationPeriodInDays":90}""",
            "ListAliases" => request.Json["Marker"] is null
                ? """{"Aliases":[{"AliasName":"alias/b"}],"Truncated":true,"NextMarker":"more"}"""
                : """{"Aliases":[{"AliasName":"alias/a"}],"Truncated":false}""",
            _ => "{}",
        }));
        IKms kms = Connect(stub);

        DescribedKey created = await kms.CreateKeyAsync("{}", "d", false, default);
        await kms.DescribeKeyAsync(Key, default);
        await kms.EncryptAsync(Key, "x"u8.ToArray(), Context, default);
        await kms.ReEncryptAsync(Key, "blob"u8.ToArray(), Context, Key, Context, default);
        await kms.CreateAliasAsync("alias/a", Key, default);
        await kms.DeleteAliasAsync("alias/a", default);
        ListedAliases aliases = await kms.ListAliasesAsync(Key, default);
        ReadKeyPolicy policy = await kms.GetKeyPolicyAsync(Key, default);
        await kms.PutKeyPolicyAsync(Key, "{}", true, default);
        await kms.EnableKeyRotationAsync(Key, 90, default);
        RotationStatus rotation = await kms.GetKeyRotationStatusAsync(Key, default);
        await kms.RotateKeyOnDemandAsync(Key, default);
        await kms.DisableKeyAsync(Key, default);
        await kms.EnableKeyAsync(Key, default);
        await kms.ScheduleKeyDeletionAsync(Key, 7, default);
        await kms.CancelKeyDeletionAsync(Key, default);

        Assert.Equal((Key, KeyState.PendingImport, "d", new DateTime(2023, 11, 14, 22, 13, 20, DateTimeKind.Utc)),
            (created.Key.Arn, created.Key.State, created.Key.Description, created.Key.CreationDate));
        Assert.Equal(["alias/a", "alias/b"], aliases.AliasNames);
        Assert.Equal(("{}", true, 90), (policy.Policy, rotation.KeyRotationEnabled, rotation.RotationPeriodInDays!.Value));
        Assert.Equal(
            [
                "CreateKey", "DescribeKey", "Encrypt", "ReEncrypt", "CreateAlias", "DeleteAlias", "ListAliases", "ListAliases", "GetKeyPolicy", "PutKeyPolicy",
                "EnableKeyRotation", "GetKeyRotationStatus", "RotateKeyOnDemand", "DisableKey", "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion",
            ],
            stub.Operations);
    }

    [Theory]
    [InlineData("AccessDeniedException", FailureKind.PermissionDenied, "under this encryption context")]
    [InlineData("DisabledException", FailureKind.InvalidState, "enable the key")]
    [InlineData("KMSInvalidStateException", FailureKind.InvalidState, "pending deletion")]
    [InlineData("NotFoundException", FailureKind.NotFound, "-Region")]
    [InlineData("InvalidCiphertextException", FailureKind.SecurityViolation, "encryption context")]
    [InlineData("IncorrectKeyException", FailureKind.SecurityViolation, "name the key")]
    [InlineData("ExpiredTokenException", FailureKind.PermissionDenied, "have expired")]
    [InlineData("UnrecognizedClientException", FailureKind.PermissionDenied, "-AccessKey")]
    [InlineData("InvalidSignatureException", FailureKind.PermissionDenied, "-SecretKey")]
    [InlineData("SomethingNewException", FailureKind.Unavailable, "API reference")]
    public async Task A_refusal_is_one_line_with_AWSs_code_the_request_id_and_what_to_do(string code, FailureKind kind, string advice)
    {
        using HttpStub stub = Serve(_ => StubAnswer.Error(code, "What AWS says about it."));
        var refusal = await Assert.ThrowsAsync<KmsException>(() => Connect(stub).DecryptAsync(Key, "blob"u8.ToArray(), Context, default));

        Assert.Equal((code, kind, StubAnswer.RequestId), (refusal.ErrorId, refusal.Kind, refusal.RequestId));
        Assert.StartsWith($"Decrypt with {Key} failed: What AWS says about it ({code}, request id {StubAnswer.RequestId}); ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal((code, true), (refusal.AuditEvent!.ErrorCode, refusal.AuditEvent.IsClientView));
        Assert.Single(stub.Operations);
    }

    [Fact]
    public async Task A_clock_that_differs_is_named_as_the_cause()
    {
        using HttpStub stub = Serve(_ => StubAnswer.Error("InvalidSignatureException", "Signature expired: 20200101T000000Z is now earlier than 20200101T001000Z"));
        var refusal = await Assert.ThrowsAsync<KmsException>(() => Connect(stub).DescribeKeyAsync(Key, default));
        Assert.Contains("clock", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_differs_is_allowed_for_once_AWS_tells_its_own_time()
    {
        DateTimeOffset there = DateTimeOffset.UtcNow.AddHours(-3);
        using HttpStub stub = Serve(request => request.Headers["X-Amz-Date"].CompareTo(there.AddHours(1).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)) > 0
            ? StubAnswer.Error("InvalidSignatureException", "Signature not yet current") with { ContentType = $"application/x-amz-json-1.1\r\nDate: {there:R}" }
            : StubAnswer.Json("""{"KeyRotationEnabled":true}"""));
        Assert.True((await Connect(stub).GetKeyRotationStatusAsync(Key, default)).KeyRotationEnabled);
    }

    [Theory]
    [InlineData("ThrottlingException", 400, "fewer calls")]
    [InlineData("KMSInternalException", 500, "try again later")]
    public async Task What_may_pass_is_tried_again_and_told_when_it_does_not(string code, int status, string advice)
    {
        int answers = 0;
        using HttpStub passing = Serve(_ => Interlocked.Increment(ref answers) <= 2
            ? StubAnswer.Error(code, "No.", status)
            : StubAnswer.Json("""{"KeyRotationEnabled":false}"""));
        Assert.False((await Connect(passing).GetKeyRotationStatusAsync(Key, default)).KeyRotationEnabled);
        Assert.Equal(3, passing.Operations.Length);

        using HttpStub failing = Serve(_ => StubAnswer.Error(code, "No.", status));
        var refusal = await Assert.ThrowsAsync<KmsException>(() => Connect(failing).GetKeyRotationStatusAsync(Key, default));
        Assert.Equal((code, FailureKind.Unavailable), (refusal.ErrorId, refusal.Kind));
        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, failing.Operations.Length);
    }

    [Fact]
    public async Task A_reset_is_tried_again_and_told_when_it_stays()
    {
        using HttpStub stub = Serve(_ => StubAnswer.Reset);
        await RefusedAsync("ConnectionLost", Connect(stub));
        Assert.True(stub.Operations.Length >= 3, "It was tried once only.");
    }

    [Fact]
    public async Task No_answer_ends_at_the_time_limit()
    {
        using HttpStub stub = Serve(_ => StubAnswer.Hang);
        DataProtectionException failure = await RefusedAsync("TimedOut", Connect(stub, static settings => settings with { Timeout = TimeSpan.FromMilliseconds(300) }));
        Assert.Contains("0.3 seconds", failure.Message, StringComparison.Ordinal);
        Assert.Contains("-TimeoutSec", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_call_that_gets_no_answer()
    {
        var asked = new TaskCompletionSource();
        using HttpStub stub = Serve(_ =>
        {
            asked.SetResult();
            return StubAnswer.Hang;
        });
        using var stop = new CancellationTokenSource();
        Task<DescribedKey> call = Connect(stub, static settings => settings with { Timeout = TimeSpan.FromHours(1) }).DescribeKeyAsync(Key, stop.Token);
        await asked.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("""{"KeyId":""")]
    [InlineData("<html>Please sign in to the hotel's network</html>")]
    public async Task Garbage_is_told_as_garbage(string body)
    {
        using HttpStub stub = Serve(_ => StubAnswer.Json(body));
        await RefusedAsync("UnexpectedResponse", Connect(stub));
    }

    [Fact]
    public async Task An_answer_without_a_key_ARN_is_refused()
    {
        using HttpStub stub = Serve(_ => StubAnswer.Json($$"""{"KeyId":"nonsense","Plaintext":"{{DataKey}}","CiphertextBlob":"{{Blob}}"}"""));
        var failure = await Assert.ThrowsAsync<DataProtectionException>(() => Connect(stub).GenerateDataKeyAsync(Key, Context, default));
        Assert.Equal("UnexpectedResponse", failure.ErrorId);
    }

    [Theory]
    [InlineData("GenerateDataKey", """{"KeyId":"KEY","Plaintext":"AAAA"}""")]
    [InlineData("GenerateDataKey", """{"KeyId":"KEY","CiphertextBlob":"AAAA"}""")]
    [InlineData("GenerateDataKey", """{"KeyId":"KEY","Plaintext":"AAAA","CiphertextBlob":"AAAA"}""")]
    [InlineData("Encrypt", """{"KeyId":"KEY"}""")]
    [InlineData("Decrypt", """{"KeyId":"KEY"}""")]
    [InlineData("ReEncrypt", """{"SourceKeyId":"KEY","CiphertextBlob":"AAAA"}""")]
    [InlineData("ReEncrypt", """{"SourceKeyId":"KEY","KeyId":"KEY"}""")]
    [InlineData("CreateKey", "{}")]
    [InlineData("ListAliases", """{"Aliases":[{}],"Truncated":false}""")]
    [InlineData("ListAliases", """{"Aliases":[],"Truncated":true}""")]
    [InlineData("GetKeyPolicy", "{}")]
    [InlineData("GetKeyRotationStatus", "{}")]
    public async Task An_answer_without_what_KMS_always_answers_is_refused(string operation, string answer)
    {
        using HttpStub stub = Serve(_ => StubAnswer.Json(answer.Replace("KEY", Key.Value, StringComparison.Ordinal)));
        IKms kms = Connect(stub);
        Func<Task> call = operation switch
        {
            "GenerateDataKey" => () => kms.GenerateDataKeyAsync(Key, Context, default),
            "Encrypt" => () => kms.EncryptAsync(Key, "x"u8.ToArray(), Context, default),
            "Decrypt" => () => kms.DecryptAsync(Key, "blob"u8.ToArray(), Context, default),
            "ReEncrypt" => () => kms.ReEncryptAsync(Key, "blob"u8.ToArray(), Context, Key, Context, default),
            "CreateKey" => () => kms.CreateKeyAsync(null, null, false, default),
            "ListAliases" => () => kms.ListAliasesAsync(Key, default),
            "GetKeyPolicy" => () => kms.GetKeyPolicyAsync(Key, default),
            _ => () => kms.GetKeyRotationStatusAsync(Key, default),
        };
        var failure = await Assert.ThrowsAsync<DataProtectionException>(call);
        Assert.Equal("UnexpectedResponse", failure.ErrorId);
        Assert.StartsWith($"{operation} ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_a_proxy_is_no_answer_of_AWS()
    {
        using HttpStub stub = Serve(_ => new StubAnswer(407, "text/html", "<html>Proxy authentication required</html>"));
        DataProtectionException failure = await RefusedAsync("Http407", Connect(stub));
        Assert.Contains("proxy", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using HttpStub other = Serve(_ => StubAnswer.Json("{}"));
        using HttpStub stub = Serve(_ => new StubAnswer(307, $"text/html\r\nLocation: {other.Url}/", ""));
        await Assert.ThrowsAsync<DataProtectionException>(() => Connect(stub).DescribeKeyAsync(Key, default));
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task An_endpoint_where_nothing_listens_and_one_whose_name_is_unknown_are_told_apart()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)closed.LocalEndpoint).Port}";
        closed.Stop();
        await RefusedAsync("EndpointUnreachable", Connect(url));
        await RefusedAsync("EndpointNotFound", Connect("https://kms.invalid"));
    }

    [Fact]
    public async Task The_audit_event_is_the_clients_view()
    {
        using HttpStub stub = Serve(static request => StubAnswer.Json($$"""{"KeyId":"{{Key}}","Plaintext":"{{DataKey}}","CiphertextBlob":"{{Blob}}"}"""));
        KmsAuditEvent audit = (await Connect(stub).GenerateDataKeyAsync(KeyIdentifier.Parse("alias/ExampleKMSKey"), Context, default)).AuditEvent!;

        Assert.True(audit.IsClientView);
        Assert.Equal(("GenerateDataKey", "us-west-2", Key.Value, Workflow, StubAnswer.RequestId), (audit.EventName, audit.AwsRegion, audit.KeyArn, audit.WorkflowArn, audit.RequestId));
        Assert.Equal(("IAMUser", "arn:aws:iam::111122223333:user/admins/operator", "operator", AccessKey),
            (audit.UserIdentity!.Type, audit.Principal, audit.UserIdentity.UserName, audit.UserIdentity.AccessKeyId));
        Assert.Equal(stub.Requests.First(static request => request.Operation == "GenerateDataKey").Headers["User-Agent"], audit.UserAgent);
        Assert.Contains("app/ImageBuilderDataProtection", audit.UserAgent, StringComparison.Ordinal);
        Assert.Null(audit.EventId);
        Assert.Null(audit.SourceIPAddress);
        Assert.True(KmsAuditEvent.Parse(audit.ToJson()).IsClientView);
        Assert.Equal(32, audit.RequestParameters!["numberOfBytes"] is long bytes ? bytes : 0);
    }

    [Fact]
    public async Task A_caller_that_STS_does_not_tell_takes_nothing_from_the_work()
    {
        using var stub = new HttpStub(static request => request.Operation == "GetCallerIdentity"
            ? StubAnswer.StsError("AccessDenied", "No.")
            : StubAnswer.Json("""{"KeyRotationEnabled":true}"""));
        IKms kms = Connect(stub);
        await kms.GetKeyRotationStatusAsync(Key, default);
        KmsAuditEvent audit = (await kms.GetKeyRotationStatusAsync(Key, default)).AuditEvent!;
        Assert.Equal((null, AccessKey), (audit.UserIdentity!.Arn, audit.UserIdentity.AccessKeyId));
        Assert.Single(stub.Requests, static request => request.Operation == "GetCallerIdentity");
    }

    [Fact]
    public async Task An_answer_of_STS_that_tells_no_caller_takes_nothing_from_the_work()
    {
        using var stub = new HttpStub(static request => request.Operation == "GetCallerIdentity"
            ? new StubAnswer(200, "text/xml", "<GetCallerIdentityResponse><GetCallerIdentityResult></GetCallerIdentityResult></GetCallerIdentityResponse>")
            : StubAnswer.Json("""{"KeyRotationEnabled":true}"""));
        KmsAuditEvent audit = (await Connect(stub).GetKeyRotationStatusAsync(Key, default)).AuditEvent!;
        Assert.Equal((null, AccessKey), (audit.UserIdentity!.Arn, audit.UserIdentity.AccessKeyId));
    }

    [Fact]
    public async Task A_key_ARN_leads_to_its_own_region()
    {
        using HttpStub stub = Serve(_ => StubAnswer.Json("""{"KeyRotationEnabled":true}"""));
        KmsAuditEvent audit = (await Connect(stub).GetKeyRotationStatusAsync(
            KeyIdentifier.Parse("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"), default)).AuditEvent!;
        Assert.Equal("eu-central-1", audit.AwsRegion);
        Assert.Equal("eu-central-1", stub.Requests.Single(static request => request.Operation == "GetKeyRotationStatus").Region);
    }

    [Fact]
    public async Task An_ARN_whose_region_is_of_another_partition_is_refused()
    {
        using HttpStub stub = Serve(_ => StubAnswer.Json("{}"));
        var failure = await Assert.ThrowsAsync<DataProtectionException>(() => Connect(stub).DescribeKeyAsync(
            KeyIdentifier.Parse("arn:aws-cn:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"), default));
        Assert.Equal("RegionNotInPartition", failure.ErrorId);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task Secrets_are_in_no_error_no_text_and_no_audit_event()
    {
        string echo = $"The request signature does not match. The Canonical String was x-amz-security-token:{SessionToken} with {SecretKey} and {Uri.EscapeDataString(SessionToken)}";
        using HttpStub stub = Serve(_ => StubAnswer.Error("InvalidSignatureException", echo));
        AwsConnectionSettings settings = Settings(stub.Url);
        var refusal = await Assert.ThrowsAsync<KmsException>(() => new AwsConnections().Connect(settings).DecryptAsync(Key, "blob"u8.ToArray(), Context, default));
        string[] said = [refusal.ToString(), refusal.Message, refusal.AuditEvent!.ToJson(), refusal.AuditEvent.ToString(), settings.ToString()];
        Assert.All(said, static text =>
        {
            Assert.DoesNotContain(SecretKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain(SessionToken, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Uri.EscapeDataString(SessionToken), text, StringComparison.Ordinal);
        });
        Assert.Contains("(withheld)", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://kms.us-west-2.amazonaws.com", "InsecureEndpoint")]
    [InlineData("http://127.0.0.1.example.com:8080", "InsecureEndpoint")]
    [InlineData("http://192.168.0.1:8080", "InsecureEndpoint")]
    [InlineData("ftp://127.0.0.1", "InvalidEndpointUrl")]
    [InlineData("https://user:password@example.com", "InvalidEndpointUrl")]
    [InlineData("not a url", "InvalidEndpointUrl")]
    public void Endpoints_are_https_or_on_this_machine(string url, string errorId)
    {
        var failure = Assert.Throws<DataProtectionException>(() => Connect(url));
        Assert.Equal(errorId, failure.ErrorId);
        Assert.DoesNotContain("password", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("http://[::1]:8080")]
    [InlineData("https://vpce-0123.kms.us-west-2.vpce.amazonaws.com")]
    public void Endpoints_that_are_safe_are_taken(string url) => Assert.Equal("us-west-2", Connect(url).Region);

    [Theory]
    [InlineData("us-west-2", false, "https://kms.us-west-2.amazonaws.com/")]
    [InlineData("us-west-2", true, "https://kms-fips.us-west-2.amazonaws.com/")]
    [InlineData("us-gov-west-1", true, "https://kms-fips.us-gov-west-1.amazonaws.com/")]
    [InlineData("cn-north-1", false, "https://kms.cn-north-1.amazonaws.com.cn/")]
    public void A_regions_own_endpoint_is_the_one_of_its_partition(string region, bool fips, string expected)
    {
        var session = new AwsSession(new AwsConnectionSettings { UseFipsEndpoint = fips }, region);
        var endpoint = session.Kms(region).DetermineServiceOperationEndpoint(new Amazon.KeyManagementService.Model.DescribeKeyRequest());
        Assert.Equal(expected.TrimEnd('/'), endpoint.URL.TrimEnd('/'));
    }

    [Fact]
    public void Settings_that_do_not_fit_together_are_refused()
    {
        AssertRefused("IncompleteKeys", static settings => settings with { SecretKey = null });
        AssertRefused("IncompleteKeys", static settings => settings with { SecretKey = "" });
        AssertRefused("IncompleteKeys", static settings => settings with { AccessKey = null });
        AssertRefused("RoleArnMissing", static settings => settings with { ExternalId = "x" });
        AssertRefused("RoleArnMissing", static settings => settings with { RoleSessionName = "x" });
        AssertRefused("InvalidRegion", static settings => settings with { Region = "us-west-2.evil.example" });
        AssertRefused("EndpointConflict", static settings => settings with { UseFipsEndpoint = true });

        static void AssertRefused(string errorId, Func<AwsConnectionSettings, AwsConnectionSettings> change) =>
            Assert.Equal(errorId, Assert.Throws<DataProtectionException>(() => new AwsConnections().Connect(change(Settings("http://127.0.0.1:1")))).ErrorId);
    }

    private static HttpStub Serve(Func<StubRequest, StubAnswer> answer) =>
        new(request => request.Operation == "GetCallerIdentity" ? StubAnswer.Caller() : answer(request));

    private static AwsConnectionSettings Settings(string url) => new()
    {
        Region = "us-west-2",
        AccessKey = AccessKey,
        SecretKey = SecretKey,
        SessionToken = SessionToken,
        EndpointUrl = url,
    };

    private static IKms Connect(HttpStub stub, Func<AwsConnectionSettings, AwsConnectionSettings>? change = null) =>
        new AwsConnections().Connect((change ?? (static settings => settings))(Settings(stub.Url)));

    private static IKms Connect(string url) => new AwsConnections().Connect(Settings(url));

    private static async Task<DataProtectionException> RefusedAsync(string errorId, IKms kms)
    {
        var failure = await Assert.ThrowsAnyAsync<DataProtectionException>(() => kms.DescribeKeyAsync(Key, default));
        Assert.Equal(errorId, failure.ErrorId);
        Assert.Equal(FailureKind.Unavailable, failure.Kind);
        Assert.StartsWith($"DescribeKey with {Key} failed: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        return failure;
    }
}
