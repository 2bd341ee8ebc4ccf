using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImageBuilderDataProtection.Tests.Kms.Aws;

/// <summary>An HTTP endpoint on loopback that answers as a test tells it, also in ways that no server should.</summary>
internal sealed class HttpStub : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<StubRequest, StubAnswer> _answer;

    public HttpStub(Func<StubRequest, StubAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>What it was asked, in order.</summary>
    public ConcurrentQueue<StubRequest> Requests { get; } = new();

    /// <summary>The operations of KMS it was asked for, in order.</summary>
    public string[] Operations => [.. Requests.Select(static request => request.Operation).Where(static operation => operation != "GetCallerIdentity")];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                // A part of an answer does not wait until the part before it is acknowledged.
                client.NoDelay = true;
                NetworkStream stream = client.GetStream();
                var input = new BufferedStream(stream);
                while (await ReadAsync(input, stream, _stop.Token) is { } request)
                {
                    Requests.Enqueue(request);
                    StubAnswer answer = _answer(request);
                    if (answer.Hangs)
                    {
                        await Task.Delay(Timeout.Infinite, _stop.Token);
                    }

                    if (answer.Resets)
                    {
                        client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
                        return;
                    }

                    await stream.WriteAsync(answer.ToBytes(), _stop.Token);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client went away, or the test is over.
        }
    }

    private static async Task<StubRequest?> ReadAsync(BufferedStream input, NetworkStream output, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (head is not [.., '\r', '\n', '\r', '\n'])
        {
            if (await input.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> headers = lines.Skip(1).Select(static line => line.Split(':', 2))
            .ToDictionary(static parts => parts[0], static parts => parts[1].Trim(), StringComparer.OrdinalIgnoreCase);
        if (headers.GetValueOrDefault("Expect") == "100-continue")
        {
            await output.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);
        }

        byte[] body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture)];
        await input.ReadExactlyAsync(body, cancellationToken);
        return new StubRequest(headers, Encoding.UTF8.GetString(body));
    }
}
