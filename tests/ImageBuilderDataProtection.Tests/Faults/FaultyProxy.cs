using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.ModuleTests.Faults;

/// <summary>
/// Stands before the endpoint of a local KMS, over TCP on loopback, and does to each request of KMS what a plan says. What
/// it does follows from the workflow and from which of the SDK's attempts this is, never from the order of arrival, so that
/// a plan with a seed makes the same faults in every run. It keeps the data keys that it hands on.
/// </summary>
internal sealed partial class FaultyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _endpoint = new(new SocketsHttpHandler { UseProxy = false });
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly ConcurrentQueue<ProxyCall> _calls = new();
    private readonly ConcurrentBag<string> _dataKeys = [];
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Uri _behind;
    private readonly ProxySigner _signer;
    private readonly Func<string, int, ProxyFault> _plan;
    private readonly Task _accepting;
    private int _atOnce;

    /// <summary>Begins to listen.</summary>
    /// <param name="behind">The endpoint.</param>
    /// <param name="accessKey">The access key that the endpoint issued.</param>
    /// <param name="secretKey">Its secret.</param>
    /// <param name="plan">What to do, of the workflow's ARN and the number of the attempt, from 1.</param>
    public FaultyProxy(string behind, string accessKey, string secretKey, Func<string, int, ProxyFault> plan)
    {
        _behind = new Uri(behind);
        _signer = new ProxySigner(accessKey, secretKey);
        _plan = plan;
        _listener.Start();
        Url = $"http://{_listener.LocalEndpoint}";
        _accepting = AcceptAsync();
    }

    /// <summary>The address for clients.</summary>
    public string Url { get; }

    /// <summary>How late a late answer is.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The requests for workflows, in order of arrival.</summary>
    public IReadOnlyCollection<ProxyCall> Calls => _calls;

    /// <summary>The most requests for workflows that were being answered at one time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>The data keys in the clear that the endpoint answered with, in base64.</summary>
    public IReadOnlyCollection<string> DataKeys => _dataKeys;

    /// <summary>Waits until the requests are as they should be.</summary>
    public async Task WaitForAsync(Func<IReadOnlyCollection<ProxyCall>, bool> condition)
    {
        while (!condition(_calls))
        {
            await _arrived.WaitAsync(_stop.Token);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _endpoint.Dispose();
        _stop.Dispose();
        _arrived.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Task serving = ServeAsync(client);
                _connections[serving] = 0;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // That is how listening ends.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ProxyRequest.ReadAsync(stream, _stop.Token) is { } request && await CountAsync(request, client))
                {
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
            {
                // The client has gone, as clients do that wait no longer; or the proxy is stopped.
            }
        }
    }

    private async Task<bool> CountAsync(ProxyRequest request, TcpClient client)
    {
        if (!WorkflowArn().IsMatch(Encoding.UTF8.GetString(request.Body)))
        {
            return await AnswerAsync(request, client);
        }

        lock (_arrived)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
        }

        try
        {
            return await AnswerAsync(request, client);
        }
        finally
        {
            lock (_arrived)
            {
                _atOnce--;
            }
        }
    }

    /// <summary>Answers a request; false when the connection is not to be used any more.</summary>
    private async Task<bool> AnswerAsync(ProxyRequest request, TcpClient client)
    {
        ProxyFault fault = Choose(request);
        NetworkStream stream = client.GetStream();
        switch (fault)
        {
            case ProxyFault.ResetBefore:
                return Reset(client);
            case ProxyFault.InternalError:
                return await WriteAsync(stream, 500, """{"__type":"KMSInternalException","message":"The request was rejected because an internal exception occurred."}""");
            case ProxyFault.BadGateway:
                return await WriteAsync(stream, 502, "<html><body>Bad Gateway</body></html>");
            case ProxyFault.Throttling:
                return await WriteAsync(stream, 400, """{"__type":"ThrottlingException","message":"You have exceeded the rate at which you may call KMS."}""");
            case ProxyFault.Garbage:
                return await WriteAsync(stream, 200, "\u0001{]this is no JSON");
        }

        if (fault == ProxyFault.Late)
        {
            await Task.Delay(Lateness, _stop.Token);
        }

        using HttpRequestMessage signed = _signer.Sign(request, _behind);
        using HttpResponseMessage answer = await _endpoint.SendAsync(signed, _stop.Token);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(_stop.Token);
        Keep(body);
        switch (fault)
        {
            case ProxyFault.ResetAfter:
                return Reset(client);
            case ProxyFault.HalfResponse:
                await WriteAsync(stream, (int)answer.StatusCode, body, body.Length / 2);
                return false;
            case ProxyFault.Stall:
                await WriteAsync(stream, (int)answer.StatusCode, body, body.Length / 2);
                _ = await stream.ReadAsync(new byte[1], _stop.Token);
                return false;
            case ProxyFault.CutJson:
                return await WriteAsync(stream, 200, Encoding.UTF8.GetString(body, 0, body.Length - (body.Length / 4)));
            case ProxyFault.Echo:
                string headers = string.Join(' ', request.Headers.Select(static header => $"{header.Key}: {header.Value}"));
                return await WriteAsync(stream, 400, JsonSerializer.Serialize(new Dictionary<string, string>
                {
                    ["__type"] = "ValidationException",
                    ["message"] = $"{headers} {Encoding.UTF8.GetString(request.Body)}",
                }));
            default:
                return await WriteAsync(stream, (int)answer.StatusCode, body, body.Length);
        }
    }

    // What is no request for a workflow, such as GetCallerIdentity, is let through.
    private ProxyFault Choose(ProxyRequest request)
    {
        Match workflow = WorkflowArn().Match(Encoding.UTF8.GetString(request.Body));
        if (!workflow.Success)
        {
            return ProxyFault.None;
        }

        ProxyFault fault = _plan(workflow.Value, request.Attempt);
        _calls.Enqueue(new ProxyCall(workflow.Value, request.Headers["amz-sdk-invocation-id"], request.Attempt, fault));
        _arrived.Release();
        return fault;
    }

    private void Keep(byte[] body)
    {
        Match plaintext = Plaintext().Match(Encoding.UTF8.GetString(body));
        if (plaintext.Success)
        {
            _dataKeys.Add(plaintext.Groups[1].Value);
        }
    }

    private static bool Reset(TcpClient client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        return false;
    }

    private Task<bool> WriteAsync(NetworkStream stream, int status, string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        return WriteAsync(stream, status, bytes, bytes.Length);
    }

    private async Task<bool> WriteAsync(NetworkStream stream, int status, byte[] body, int sent)
    {
        byte[] head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} Answer\r\nContent-Type: application/x-amz-json-1.1\r\nx-amzn-RequestId: {Guid.NewGuid()}\r\nContent-Length: {body.Length}\r\n\r\n");
        await stream.WriteAsync((byte[])[.. head, .. body.AsSpan(0, sent)], _stop.Token);
        return true;
    }

    [GeneratedRegex("arn:aws:imagebuilder:[^\"]+")]
    private static partial Regex WorkflowArn();

    [GeneratedRegex("\"Plaintext\":\"([^\"]+)\"")]
    private static partial Regex Plaintext();
}
