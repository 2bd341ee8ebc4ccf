using System.Net;
using System.Net.Sockets;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>An HTTP server on 127.0.0.1, with limits on the size, the number and the time of requests.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    /// <summary>The most bytes a request body may have. The largest that KMS takes is a key policy of 32 KiB with its escapes.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>How many requests are worked on at a time; further ones wait.</summary>
    public const int MaxConcurrentRequests = 64;

    // How much of an oversized body is read past, for the client to see the refusal instead of a broken connection.
    private const int MaxDrainedBytes = 8 * MaxBodyBytes;
    private const int MaxPortAttempts = 20;
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    private readonly HttpListener _listener;
    private readonly Func<EndpointRequest, CancellationToken, Task<EndpointAnswer>> _answer;
    private readonly SemaphoreSlim _slots = new(MaxConcurrentRequests);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private HttpServer(HttpListener listener, Func<EndpointRequest, CancellationToken, Task<EndpointAnswer>> answer)
    {
        _listener = listener;
        _answer = answer;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Finds a port, and begins to answer on it.</summary>
    /// <param name="port">The port; null for a free one.</param>
    /// <param name="answerFor">Makes what answers requests, for the host and port that were found.</param>
    /// <param name="authority">The host and port.</param>
    /// <exception cref="DataProtectionException"><c>PortUnavailable</c>.</exception>
    public static HttpServer Start(int? port, Func<string, Func<EndpointRequest, CancellationToken, Task<EndpointAnswer>>> answerFor, out string authority)
    {
        for (int attempt = 1; ; attempt++)
        {
            authority = $"{IPAddress.Loopback}:{port ?? FreePort()}";
            var listener = new HttpListener();
            listener.Prefixes.Add($"http://{authority}/");
            try
            {
                listener.Start();
                return new HttpServer(listener, answerFor(authority));
            }
            catch (HttpListenerException error)
            {
                listener.Close();

                // Between its being found and its being taken, a free port can become another's.
                if (port is not null || attempt == MaxPortAttempts)
                {
                    throw new DataProtectionException(
                        "PortUnavailable", FailureKind.Unavailable, $"The endpoint cannot listen on {authority}: {error.Message.TrimEnd('.')}. Choose another port, or none for a free one.", error);
                }
            }
        }
    }

    /// <summary>Stops listening, and waits for the requests at work.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Close();
        await _accepting;
        using var patience = new CancellationTokenSource(StopTime);
        try
        {
            for (int i = 0; i < MaxConcurrentRequests; i++)
            {
                await _slots.WaitAsync(patience.Token);
            }

            _stop.Dispose();
            _slots.Dispose();
        }
        catch (OperationCanceledException)
        {
            // A request that does not look at its token still needs both; it can no longer answer anyone.
        }
    }

    private static int FreePort()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        return port;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _slots.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                _slots.Release();
                if (!_listener.IsListening)
                {
                    return;
                }

                // A connection that broke, or no more file handles: the next may fare better.
                await Task.Delay(Pause);
                continue;
            }

            _ = ServeAsync(context);
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        // Where the listener is the framework's and not the system's, a connection that is aborted still gets the status that
        // is set. Nothing that ends so may read as done.
        context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
        try
        {
            using var time = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            time.CancelAfter(RequestTime);
            await WriteAsync(context, await AnswerAsync(context.Request, time.Token), time.Token);
        }
        catch (Exception)
        {
            // Out of time, stopped, the client has gone, or an answer that cannot be written: there is no one left to tell,
            // and a client that waits learns of it by the end of the connection.
            context.Response.Abort();
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<EndpointAnswer> AnswerAsync(HttpListenerRequest request, CancellationToken cancellationToken)
    {
        Dictionary<string, string> headers = request.Headers.AllKeys.OfType<string>()
            .ToDictionary(static name => name, name => request.Headers[name]!, StringComparer.OrdinalIgnoreCase);
        var read = new EndpointRequest(request.HttpMethod, request.RawUrl ?? "", headers, default, request.RemoteEndPoint.Address.ToString());
        try
        {
            // On Windows the listener is the system's, which may hear other addresses than its prefix names.
            if (!IPAddress.IsLoopback(request.RemoteEndPoint.Address))
            {
                throw EndpointFault.AccessDenied("The endpoint answers this machine only.");
            }

            read = read with { Body = await ReadBodyAsync(request, cancellationToken) };
        }
        catch (EndpointFault fault)
        {
            return EndpointAnswer.Refusal(read.Service, fault, Guid.NewGuid().ToString());
        }

        try
        {
            return await _answer(read, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The store cannot be read, or a defect of ours: the client learns of it, and the others are served on. What the
            // error says, such as a path, is not for a client of whom nothing is known here.
            return EndpointAnswer.InternalError(read.Service, error, Guid.NewGuid().ToString());
        }
    }

    // Told by the bytes that come, since a chunked body has no length to be told.
    private static async Task<byte[]> ReadBodyAsync(HttpListenerRequest request, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        byte[] chunk = new byte[16 * 1024];
        long total = 0;
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(BodyTime);
        while (total <= MaxDrainedBytes)
        {
            // The stream itself does not look at the token.
            int length = await request.InputStream.ReadAsync(chunk, CancellationToken.None).AsTask().WaitAsync(time.Token);
            if (length == 0)
            {
                break;
            }

            total += length;
            if (total <= MaxBodyBytes)
            {
                body.Write(chunk, 0, length);
            }
        }

        return total <= MaxBodyBytes ? body.ToArray() : throw EndpointFault.TooLarge(MaxBodyBytes);
    }

    private static async Task WriteAsync(HttpListenerContext context, EndpointAnswer answer, CancellationToken cancellationToken)
    {
        HttpListenerResponse response = context.Response;
        response.StatusCode = (int)answer.Status;
        response.ContentType = answer.ContentType;
        response.Headers["x-amzn-RequestId"] = answer.RequestId;
        response.ContentLength64 = answer.Body.Length;
        if (context.Request.HttpMethod != "HEAD")
        {
            await response.OutputStream.WriteAsync(answer.Body, CancellationToken.None).AsTask().WaitAsync(cancellationToken);
        }

        response.Close();
    }
}
