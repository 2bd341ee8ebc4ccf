using System.Net;
using ImageBuilderDataProtection.Kms.Local.Endpoint;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Kms.Endpoint;

/// <summary>The server, whatever befalls what answers its requests.</summary>
public sealed class HttpServerTests : IDisposable
{
    // Only for a test that fails not to hang.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(InvalidOperationException))]
    public async Task A_failure_of_ours_is_answered_without_its_words(Type type)
    {
        var failure = (Exception)Activator.CreateInstance(type, "/home/someone/kms cannot be read")!;
        await using HttpServer server = HttpServer.Start(null, _ => (_, _) => throw failure, out string authority);
        using HttpResponseMessage response = await _client.GetAsync(new Uri($"http://{authority}/"));
        string body = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.InternalServerError, "KMSInternalException"), (response.StatusCode, (string)JObject.Parse(body)["__type"]!));
        Assert.Contains(type.Name, body, StringComparison.Ordinal);
        Assert.DoesNotContain("someone", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_written_ends_the_request_and_not_as_done()
    {
        await using HttpServer server = HttpServer.Start(
            null, _ => (_, _) => Task.FromResult(EndpointAnswer.JsonError("A", "b", (HttpStatusCode)5, "id")), out string authority);
        await AssertNotDoneAsync(_client.GetAsync(new Uri($"http://{authority}/")));
    }

    [Fact]
    public async Task A_request_that_is_given_up_does_not_read_as_done()
    {
        await using HttpServer server = HttpServer.Start(null, _ => (_, _) => throw new OperationCanceledException(), out string authority);
        await AssertNotDoneAsync(_client.GetAsync(new Uri($"http://{authority}/")));
    }

    [Fact]
    public async Task It_stops_while_every_place_is_taken_by_a_request_that_does_not_end()
    {
        var never = new TaskCompletionSource<EndpointAnswer>();
        using var taken = new CountdownEvent(HttpServer.MaxConcurrentRequests);
        HttpServer server = HttpServer.Start(
            null,
            _ => (_, _) =>
            {
                taken.Signal();
                return never.Task;
            },
            out string authority);
        Task<HttpResponseMessage>[] stuck = [.. Enumerable.Range(0, HttpServer.MaxConcurrentRequests).Select(_ => _client.GetAsync(new Uri($"http://{authority}/")))];
        Assert.True(taken.Wait(Patience));
        await server.DisposeAsync().AsTask().WaitAsync(Patience);
        never.SetException(new OperationCanceledException());
        await Task.WhenAll(stuck.Select(AssertNotDoneAsync));
    }

    // The system's listener breaks the connection; the framework's own answers first.
    private static async Task AssertNotDoneAsync(Task<HttpResponseMessage> request)
    {
        try
        {
            using HttpResponseMessage response = await request.WaitAsync(Patience);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
        catch (HttpRequestException error)
        {
            Assert.NotEqual(HttpRequestError.ConnectionError, error.HttpRequestError);
        }
    }
}
