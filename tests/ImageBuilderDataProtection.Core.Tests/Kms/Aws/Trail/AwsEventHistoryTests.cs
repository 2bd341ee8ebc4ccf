using System.Globalization;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Trail;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Kms.Local.Endpoint;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Trail;

/// <summary>The client of CloudTrail, over HTTP: against the endpoint of a local KMS, and against answers that it would never give.</summary>
public sealed class AwsEventHistoryTests : IDisposable
{
    private const string Region = "us-west-2";
    private const string Account = "111122223333";
    private const string Key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0/*";
    private const string SecretKey = "secret/key+that=never/appears+anywhere01";

    private static readonly AuditFilter All = new() { AllKmsEvents = true };
    private static readonly EncryptionContext Context = EncryptionContext.Empty.With(EncryptionContext.WorkflowArnKey, Workflow);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new() { IsHurried = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task More_than_a_page_of_records_comes_whole_and_each_as_the_trail_has_it()
    {
        LocalKmsStore store = LocalKmsStore.Open(_folder["kms"]);
        IKms kms = store.ForCaller(LocalCaller.AccountRoot(Account), Region);
        KeyArn key = (await kms.CreateKeyAsync(null, null, false, default)).Key.Arn;
        for (int i = 0; i < 120; i++)
        {
            await kms.EncryptAsync(key, new byte[1], i % 2 == 0 ? Context : EncryptionContext.Empty, default);
        }

        await store.ForCaller(LocalCaller.AccountRoot(Account), "eu-west-1").CreateKeyAsync(null, null, false, default);
        string[] trail =
        [
            .. new AuditReader { Filter = All with { Region = Region } }.Read([store.TrailFolder], static error => throw error).Reverse().Select(static record => record.ToJson()),
        ];
        using LocalKmsEndpoint endpoint = LocalKmsEndpoint.Start(store, new LocalKmsEndpointSettings { Account = Account });
        AwsEventHistory history = Connect(endpoint, new ManualClock { IsHurried = true, From = DateTimeOffset.UtcNow });

        EventHistoryPage[] pages = await ReadAsync(history, All);
        Assert.Equal(121, trail.Length);
        Assert.Equal([50, 50, 21], pages.Select(static page => page.EventCount));
        Assert.Equal(trail, Records(pages).Select(static record => record.ToJson()));
        Assert.All(pages, static page => Assert.Equal(page.Records[^1].EventTime, page.Reached));
        Assert.All(Records(pages), static record => Assert.False(record.IsClientView));
        Assert.Equal(60, Records(await ReadAsync(history, new AuditFilter())).Count());
        Assert.Equal("CreateKey", Records(await ReadAsync(history, All with { EventNames = ["createkey"] })).Single().EventName);
        Assert.Equal(121, Records(await ReadAsync(history, All with { Key = key })).Count());
        Assert.Equal(121, Records(await ReadAsync(history, All with { Key = KeyIdentifier.Parse(key.KeyId) })).Count());

        KmsAuditEvent one = KmsAuditEvent.Parse(trail[60]);
        Assert.Equal(trail[60], Records(await ReadAsync(history, new AuditFilter { EventIds = [one.EventId!.ToUpperInvariant()] })).SingleOrDefault()?.ToJson() ?? trail[60]);
        Assert.Equal(trail[60], Records(await ReadAsync(history, new AuditFilter { EventIds = [one.EventId!] })).Single().ToJson());
        Assert.Equal(trail[60], Records(await ReadAsync(history, new AuditFilter { RequestIds = [one.RequestId!] })).Single().ToJson());
        DateTime middle = one.EventTime;
        Assert.All(Records(await ReadAsync(history, All with { Times = AuditTimeRange.Between(middle, middle) })), record => Assert.Equal(middle, record.EventTime));
    }

    [Fact]
    public async Task A_request_is_CloudTrails_own()
    {
        using var stub = new HttpStub(static request => request.Json["NextToken"] is null ? Page("more") : Page(null));
        DateTime start = ManualClock.Start.UtcDateTime.AddDays(-1).AddMilliseconds(300);
        await ReadAsync(Connect(stub), All with { Key = KeyArn.Parse(Key), Times = AuditTimeRange.Between(start, start.AddHours(1)) });

        StubRequest[] sent = [.. stub.Requests];
        Assert.Equal(2, sent.Length);
        Assert.Equal("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", sent[0].Headers["X-Amz-Target"]);
        Assert.Equal("application/x-amz-json-1.1", sent[0].Headers["Content-Type"]);
        Assert.Contains("/us-west-2/cloudtrail/aws4_request", sent[0].Headers["Authorization"], StringComparison.Ordinal);
        Assert.Contains("app/ImageBuilderDataProtection", sent[0].Headers["User-Agent"], StringComparison.Ordinal);
        long seconds = new DateTimeOffset(start).ToUnixTimeSeconds();
        JObject first = JObject.Parse($$"""
            {"LookupAttributes":[{"AttributeKey":"ResourceName","AttributeValue":"{{Key}}"}],"MaxResults":50,"StartTime":{{seconds}},"EndTime":{{seconds + 3601}} }
            """);
        Assert.True(JToken.DeepEquals(first, sent[0].Json), sent[0].Body);
        first["NextToken"] = "more";
        Assert.True(JToken.DeepEquals(first, sent[1].Json), sent[1].Body);
    }

    [Fact]
    public async Task CloudTrail_is_asked_by_the_attribute_that_leaves_least()
    {
        using var stub = new HttpStub(static _ => Page(null));
        AwsEventHistory history = Connect(stub);
        await ReadAsync(history, new AuditFilter { EventIds = ["a", "b", "A"], Key = KeyArn.Parse(Key), RequestIds = ["r"] });
        await ReadAsync(history, new AuditFilter { Key = KeyArn.Parse(Key), RequestIds = ["r"] });
        await ReadAsync(history, new AuditFilter { Key = KeyIdentifier.Parse("1234abcd-12ab-34cd-56ef-1234567890ab"), EventNames = ["Decrypt"] });
        Assert.Equal(
            ["EventId a", "EventId b", $"ResourceName {Key}", "EventSource kms.amazonaws.com"],
            stub.Requests.Select(static request => $"{request.Json.SelectToken("LookupAttributes[0].AttributeKey")} {request.Json.SelectToken("LookupAttributes[0].AttributeValue")}"));
    }

    [Fact]
    public async Task Refused_calls_that_may_have_been_for_a_workflow_are_counted()
    {
        JObject refused = Record("b");
        refused["errorCode"] = "AccessDenied";
        using var stub = new HttpStub(_ => Page(null, Record("a"), refused));
        EventHistoryPage page = Assert.Single(await ReadAsync(Connect(stub), new AuditFilter()));
        Assert.Equal((0, 1, 2), (page.Records.Count, page.RefusedWithoutParameters, page.EventCount));
        Assert.Equal(0, Assert.Single(await ReadAsync(Connect(stub), All)).RefusedWithoutParameters);
    }

    [Fact]
    public async Task A_search_for_request_ids_ends_when_they_are_found_and_says_which_are_not()
    {
        using var stub = new HttpStub(static request => (string?)request.Json["NextToken"] switch
        {
            null => Page("2", Record("a")),
            "2" => Page("3", Record("b")),
            _ => Page(null, Record("c")),
        });
        AwsEventHistory history = Connect(stub);
        Assert.Equal(["a", "b"], Records(await ReadAsync(history, new AuditFilter { RequestIds = ["B", "a"] })).Select(static record => record.RequestId));
        Assert.Equal(2, stub.Requests.Count);

        EventHistoryPage[] pages = await ReadAsync(history, new AuditFilter { RequestIds = ["c", "late"] });
        Assert.Equal("c", Assert.Single(Records(pages)).RequestId);
        Assert.Equal(5, stub.Requests.Count);
        Assert.Contains("us-west-2 has no such KMS record with the id late; records come some 5 minutes after the call", Assert.Single(pages.SelectMany(static page => page.Warnings)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_older_than_the_event_history_is_not_asked_for_and_that_is_told()
    {
        using var stub = new HttpStub(static _ => Page(null, Record("a")));
        DateTime oldest = ManualClock.Start.UtcDateTime.AddDays(-90);
        EventHistoryPage[] pages = await ReadAsync(Connect(stub), All with { Times = AuditTimeRange.Between(oldest.AddSeconds(-1), null) });
        Assert.Contains("goes back 90 days, to 2026-08-26 12:00 UTC", Assert.Single(pages[0].Warnings), StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(oldest).ToUnixTimeSeconds(), (long?)stub.Requests.Single().Json["StartTime"]);

        pages = await ReadAsync(Connect(stub), All with { Times = AuditTimeRange.Between(null, oldest.AddSeconds(-1)) });
        Assert.Single(Assert.Single(pages).Warnings);
        Assert.Single(stub.Requests);

        Assert.Empty((await ReadAsync(Connect(stub), All with { Times = AuditTimeRange.Between(oldest, null) })).SelectMany(static page => page.Warnings));
    }

    [Fact]
    public async Task Pages_are_asked_for_at_CloudTrails_rate_in_one_search_and_over_several()
    {
        int pages = 0;
        using var stub = new HttpStub(_ => Page(Interlocked.Increment(ref pages) % 3 == 0 ? null : pages.ToString(CultureInfo.InvariantCulture)));
        var connections = new AwsConnections(_clock);
        for (int search = 0; search < 3; search++)
        {
            await ReadAsync(connections.ConnectToEventHistory(Settings(stub.Url)), All);
        }

        // Nine requests, two at once and two more each second.
        Assert.Equal(9, stub.Requests.Count);
        Assert.Equal(TimeSpan.FromSeconds(4), _clock.Elapsed);
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_and_told_when_it_does_not()
    {
        int answers = 0;
        using var passing = new HttpStub(_ => Interlocked.Increment(ref answers) <= 2 ? StubAnswer.Error("ThrottlingException", "Rate exceeded") : Page(null, Record("a")));
        Assert.Single(Records(await ReadAsync(Connect(passing), All)));
        Assert.Equal(3, passing.Requests.Count);

        using var failing = new HttpStub(static _ => StubAnswer.Error("ThrottlingException", "Rate exceeded"));
        DataProtectionException refusal = await RefusedAsync("ThrottlingException", Connect(failing));
        Assert.Equal(FailureKind.Unavailable, refusal.Kind);
        Assert.Equal($"LookupEvents in us-west-2 failed: Rate exceeded (ThrottlingException, request id {StubAnswer.RequestId}); wait and try again, with fewer calls at a time.", refusal.Message);
    }

    [Theory]
    [InlineData("AccessDeniedException", FailureKind.PermissionDenied, "cloudtrail:LookupEvents")]
    [InlineData("ExpiredTokenException", FailureKind.PermissionDenied, "have expired")]
    [InlineData("UnrecognizedClientException", FailureKind.PermissionDenied, "-AccessKey")]
    [InlineData("InvalidSignatureException", FailureKind.PermissionDenied, "-SecretKey")]
    [InlineData("InvalidTimeRangeException", FailureKind.Unavailable, "API reference")]
    public async Task A_refusal_is_one_line_with_AWSs_code_and_what_to_do(string code, FailureKind kind, string advice)
    {
        using var stub = new HttpStub(_ => StubAnswer.Error(code, $"What AWS says about {SecretKey}."));
        DataProtectionException refusal = await RefusedAsync(code, Connect(stub));
        Assert.Equal(kind, refusal.Kind);
        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.DoesNotContain(SecretKey, refusal.ToString(), StringComparison.Ordinal);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task A_role_that_no_policy_allows_it_is_refused()
    {
        using LocalKmsEndpoint endpoint = LocalKmsEndpoint.Start(
            LocalKmsStore.Open(_folder["kms"]), new LocalKmsEndpointSettings { Account = Account, Role = ImageBuilderDataProtection.Policies.PrincipalArn.Parse($"arn:aws:iam::{Account}:role/Role") });
        await RefusedAsync("AccessDeniedException", Connect(endpoint, TimeProvider.System));
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("""{"Events":[""")]
    [InlineData("""{"Events":{} }""")]
    [InlineData("""{"Events":["text"]}""")]
    [InlineData("""{"Events":[],"NextToken":7}""")]
    [InlineData("<html>Please sign in to the hotel's network</html>")]
    [InlineData("")]
    public async Task Garbage_is_told_as_garbage(string body)
    {
        using var stub = new HttpStub(_ => StubAnswer.Json(body));
        DataProtectionException failure = await RefusedAsync("UnexpectedResponse", Connect(stub));
        Assert.Equal(FailureKind.Unavailable, failure.Kind);
    }

    [Fact]
    public async Task A_page_that_leads_to_itself_ends_the_search()
    {
        using var stub = new HttpStub(static _ => Page("again"));
        await RefusedAsync("UnexpectedResponse", Connect(stub));
        Assert.Equal(2, stub.Requests.Count);
    }

    [Fact]
    public async Task A_page_of_a_proxy_is_no_answer_of_AWS()
    {
        using var stub = new HttpStub(static _ => new StubAnswer(407, "text/html", "<html>Proxy authentication required</html>"));
        Assert.Contains("proxy", (await RefusedAsync("Http407", Connect(stub))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_told_with_its_id_and_the_rest_goes_on()
    {
        using var stub = new HttpStub(static _ => StubAnswer.Json(new JObject
        {
            ["Events"] = new JArray(
                new JObject { ["EventId"] = "one", ["CloudTrailEvent"] = "{" },
                new JObject { ["EventId"] = "two" },
                new JObject { ["CloudTrailEvent"] = """{"eventSource":"kms.amazonaws.com"}""" },
                new JObject { ["EventId"] = "other", ["CloudTrailEvent"] = """{"eventSource":"s3.amazonaws.com"}""" },
                new JObject { ["EventId"] = "good", ["CloudTrailEvent"] = Record("a").ToString(Formatting.None) }),
        }.ToString()));
        EventHistoryPage page = Assert.Single(await ReadAsync(Connect(stub), All));
        Assert.Equal("a", Assert.Single(page.Records).RequestId);
        Assert.All(page.Failures, static failure => Assert.Equal(("InvalidAuditRecord", FailureKind.InvalidData), (failure.ErrorId, failure.Kind)));
        Assert.Equal(
            ["Event one of", "Event two of", "Event without an id of"],
            page.Failures.Select(static failure => failure.Message[..failure.Message.IndexOf(" CloudTrail's", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task No_answer_ends_at_the_time_limit_and_cancelling_ends_it_at_once()
    {
        var asked = new SemaphoreSlim(0);
        using var stub = new HttpStub(_ =>
        {
            asked.Release();
            return StubAnswer.Hang;
        });
        DataProtectionException failure = await RefusedAsync("TimedOut", Connect(stub, static settings => settings with { Timeout = TimeSpan.FromMilliseconds(300) }));
        Assert.Contains("0.3 seconds", failure.Message, StringComparison.Ordinal);

        while (asked.CurrentCount > 0)
        {
            await asked.WaitAsync();
        }

        using var stop = new CancellationTokenSource();
        Task<EventHistoryPage[]> search = ReadAsync(Connect(stub, static settings => settings with { Timeout = TimeSpan.FromHours(1) }), All, stop.Token);
        await asked.WaitAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
    }

    [Fact]
    public async Task Cancelling_ends_a_search_that_waits_for_its_turn()
    {
        using var stub = new HttpStub(static request => Page(request.Json["NextToken"] is null ? "2" : "3"));
        using var stop = new CancellationTokenSource();
        var pages = new List<EventHistoryPage>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (EventHistoryPage page in new AwsConnections(new ManualClock()).ConnectToEventHistory(Settings(stub.Url)).ReadAsync(All, stop.Token))
            {
                pages.Add(page);
                if (pages.Count == 2)
                {
                    stop.CancelAfter(TimeSpan.Zero);
                }
            }
        });
        Assert.Equal(2, stub.Requests.Count);
    }

    [Theory]
    [InlineData("us-west-2", false, false, "https://cloudtrail.us-west-2.amazonaws.com")]
    [InlineData("us-west-2", true, false, "https://cloudtrail-fips.us-west-2.amazonaws.com")]
    [InlineData("us-west-2", false, true, "https://cloudtrail.us-west-2.api.aws")]
    [InlineData("us-west-2", true, true, "https://cloudtrail-fips.us-west-2.api.aws")]
    [InlineData("us-gov-west-1", true, false, "https://cloudtrail.us-gov-west-1.amazonaws.com")]
    [InlineData("cn-north-1", false, false, "https://cloudtrail.cn-north-1.amazonaws.com.cn")]
    public void A_region_has_its_own_endpoint(string region, bool fips, bool dualStack, string expected)
    {
        var config = new AwsTrailConfig
        {
            RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region),
            UseFIPSEndpoint = fips,
            UseDualstackEndpoint = dualStack,
        };
        Assert.Equal(expected, config.DetermineServiceOperationEndpoint(new(new LookupEventsRequest("EventId", "x", null, null))).URL);
    }

    [Theory]
    [InlineData("http://cloudtrail.example.com", false, "InsecureEndpoint")]
    [InlineData("cloudtrail.example.com", false, "InvalidEndpointUrl")]
    [InlineData("https://cloudtrail.example.com", true, "EndpointConflict")]
    public void A_wrong_endpoint_is_refused_before_any_call(string url, bool fips, string errorId)
    {
        var failure = Assert.Throws<DataProtectionException>(() => new AwsConnections().ConnectToEventHistory(Settings(url) with { UseFipsEndpoint = fips }));
        Assert.Equal(errorId, failure.ErrorId);
    }

    private static async Task<EventHistoryPage[]> ReadAsync(AwsEventHistory history, AuditFilter filter, CancellationToken cancellationToken = default)
    {
        var pages = new List<EventHistoryPage>();
        await foreach (EventHistoryPage page in history.ReadAsync(filter, cancellationToken))
        {
            pages.Add(page);
        }

        return [.. pages];
    }

    private static async Task<DataProtectionException> RefusedAsync(string errorId, AwsEventHistory history)
    {
        var failure = await Assert.ThrowsAnyAsync<DataProtectionException>(() => ReadAsync(history, All));
        Assert.Equal(errorId, failure.ErrorId);
        Assert.StartsWith("LookupEvents", failure.Message, StringComparison.Ordinal);
        return failure;
    }

    private static IEnumerable<KmsAuditEvent> Records(IEnumerable<EventHistoryPage> pages) => pages.SelectMany(static page => page.Records);

    private static JObject Record(string requestId) => new()
    {
        ["eventTime"] = ManualClock.Start.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["eventSource"] = "kms.amazonaws.com",
        ["eventName"] = "Decrypt",
        ["requestID"] = requestId,
    };

    private static StubAnswer Page(string? token, params JObject[] records)
    {
        var page = new JObject { ["Events"] = new JArray(records.Select(static record => new JObject { ["CloudTrailEvent"] = record.ToString(Formatting.None) })) };
        if (token is not null)
        {
            page["NextToken"] = token;
        }

        return StubAnswer.Json(page.ToString());
    }

    private static AwsConnectionSettings Settings(string url) => new() { Region = Region, AccessKey = "AKIAEXAMPLEKEY000000", SecretKey = SecretKey, EndpointUrl = url };

    private static AwsEventHistory Connect(LocalKmsEndpoint endpoint, TimeProvider clock) => new AwsConnections(clock).ConnectToEventHistory(Settings(endpoint.Url.OriginalString) with
    {
        AccessKey = endpoint.Credentials.AccessKeyId,
        SecretKey = endpoint.Credentials.SecretAccessKey,
        SessionToken = endpoint.Credentials.SessionToken,
    });

    private AwsEventHistory Connect(HttpStub stub, Func<AwsConnectionSettings, AwsConnectionSettings>? change = null) =>
        new AwsConnections(_clock).ConnectToEventHistory((change ?? (static settings => settings))(Settings(stub.Url)));
}
