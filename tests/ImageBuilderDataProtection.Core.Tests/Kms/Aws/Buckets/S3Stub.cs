using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Buckets;

/// <summary>
/// A bucket on loopback, as much of Amazon S3 as a reader needs, after the Amazon S3 API Reference: ListObjectsV2, GetObject,
/// HeadObject and HeadBucket, by path. It notes what it is asked, and answers otherwise where a test tells it to.
/// </summary>
internal sealed class S3Stub : IDisposable
{
    public const string Bucket = "amzn-s3-demo-bucket";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public S3Stub()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The bucket's name, or that of an access point that leads to it.</summary>
    public string Name { get; init; } = Bucket;

    /// <summary>The region that requests must be signed for.</summary>
    public string Region { get; init; } = "us-west-2";

    public int PageSize { get; init; } = 1000;

    /// <summary>The objects, in the order in which S3 lists them.</summary>
    public SortedDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>The user metadata of objects.</summary>
    public Dictionary<string, Dictionary<string, string>> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>An answer in place of the right one; null for that.</summary>
    public Func<S3StubRequest, S3StubAnswer?> Otherwise { get; set; } = static _ => null;

    /// <summary>What is waited for before a request is answered.</summary>
    public Func<S3StubRequest, Task> Hold { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What it was asked, in order.</summary>
    public ConcurrentQueue<S3StubRequest> Requests { get; } = new();

    /// <summary>Is done once a client went away before an answer was sent whole.</summary>
    public TaskCompletionSource Dropped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was listed, in order.</summary>
    public string[] Listings => [.. Requests.Where(static request => request.IsList).Select(static request => request.Listing)];

    public void Add(params IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            Objects[key] = Encoding.UTF8.GetBytes(key);
        }
    }

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
        bool isSending = false;
        try
        {
            using (client)
            {
                // The head and the body are sent apart; the second would wait until the first is acknowledged.
                client.NoDelay = true;
                NetworkStream stream = client.GetStream();
                var input = new BufferedStream(stream);
                while (await ReadHeadAsync(input) is { } head)
                {
                    var request = S3StubRequest.Parse(head);
                    await input.ReadExactlyAsync(new byte[int.Parse(request.Headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture)], _stop.Token);
                    Requests.Enqueue(request);
                    await Hold(request).WaitAsync(_stop.Token);
                    S3StubAnswer answer = Otherwise(request) ?? Answer(request);
                    isSending = true;
                    await stream.WriteAsync(answer.Head(), _stop.Token);
                    if (request.Method != "HEAD")
                    {
                        await stream.WriteAsync(answer.Body.AsMemory(0, answer.BreaksAfter ?? answer.StallsAfter ?? answer.Body.Length), _stop.Token);
                    }

                    if (answer.BreaksAfter is not null)
                    {
                        return;
                    }

                    if (answer.StallsAfter is not null)
                    {
                        await ReadHeadAsync(input);
                        Dropped.TrySetResult();
                        return;
                    }

                    isSending = false;
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
            if (isSending && error is IOException)
            {
                Dropped.TrySetResult();
            }
        }
    }

    private async Task<string?> ReadHeadAsync(BufferedStream input)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (head is not [.., '\r', '\n', '\r', '\n'])
        {
            if (await input.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private S3StubAnswer Answer(S3StubRequest request) =>
        request.Service != "s3" ? S3StubAnswer.Error(400, "AuthorizationHeaderMalformed", $"the service '{request.Service}' is wrong")
        : request.Region != Region ? S3StubAnswer.Error(301, "PermanentRedirect", "The bucket must be addressed using the specified endpoint.", Region)
        : request.Bucket != Name ? S3StubAnswer.Error(404, "NoSuchBucket", "The specified bucket does not exist")
        : request.IsList ? List(request)
        : request.Key.Length == 0 ? new S3StubAnswer(200, []) { Headers = new Dictionary<string, string> { ["x-amz-bucket-region"] = Region } }
        : Objects.TryGetValue(request.Key, out byte[]? content) ? Object(request.Key, content)
        : S3StubAnswer.Error(404, "NoSuchKey", "The specified key does not exist.");

    private S3StubAnswer Object(string key, byte[] content) => new(200, content, "application/x-gzip")
    {
        Headers = Metadata.GetValueOrDefault(key, []).Select(static item => KeyValuePair.Create($"x-amz-meta-{item.Key}", item.Value))
            .Append(KeyValuePair.Create("ETag", $"\"{Etag(content)}\"")).ToDictionary(),
    };

    private S3StubAnswer List(S3StubRequest request)
    {
        string prefix = request.Get("prefix") ?? "";
        string? delimiter = request.Get("delimiter");
        string after = request.Get("continuation-token") is { } token ? Encoding.UTF8.GetString(Convert.FromHexString(token)) : request.Get("start-after") ?? "";
        int most = Math.Min(PageSize, int.Parse(request.Get("max-keys") ?? "1000", CultureInfo.InvariantCulture));
        Func<string, string> write = request.Get("encoding-type") == "url"
            ? static text => Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal).Replace("%20", "+", StringComparison.Ordinal)
            : static text => System.Security.SecurityElement.Escape(text);
        (string Name, bool IsPrefix)[] names =
        [
            .. Objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(key => delimiter is not null && key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is >= 0 and var end ? (key[..(end + delimiter.Length)], true) : (key, false))
                .Distinct().Where(name => string.CompareOrdinal(name.Item1, after) > 0),
        ];
        (string Name, bool IsPrefix)[] page = [.. names.Take(most)];
        bool isTruncated = page.Length < names.Length;
        return S3StubAnswer.Xml($"""
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{Name}</Name><Prefix>{write(prefix)}</Prefix>
            <KeyCount>{page.Length}</KeyCount><MaxKeys>{most}</MaxKeys><IsTruncated>{(isTruncated ? "true" : "false")}</IsTruncated>
            {(request.Get("encoding-type") is { } encoding ? $"<EncodingType>{encoding}</EncodingType>" : "")}
            {(isTruncated ? $"<NextContinuationToken>{Convert.ToHexString(Encoding.UTF8.GetBytes(page[^1].Name))}</NextContinuationToken>" : "")}
            {string.Concat(page.Select(item => item.IsPrefix
                ? $"<CommonPrefixes><Prefix>{write(item.Name)}</Prefix></CommonPrefixes>"
                : $"<Contents><Key>{write(item.Name)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;{Etag(Objects[item.Name])}&quot;</ETag><Size>{Objects[item.Name].Length}</Size><StorageClass>STANDARD</StorageClass></Contents>"))}
            </ListBucketResult>
            """);
    }

    private static string Etag(byte[] content) => Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant()[..32];
}
