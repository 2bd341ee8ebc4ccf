using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using Amazon.S3.Model;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// An object's content as it comes in. A read that gets no byte within the limit fails, as does one whose connection breaks: with an
/// <see cref="IOException"/> whose message is a sentence that does not name the object. Disposed before its end, it drops the connection.
/// </summary>
internal sealed class ObjectStream : Stream
{
    private const int ChunkBytes = 64 * 1024;

    private readonly GetObjectResponse _response;
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationToken _cancellationToken;
    private long _position;

    /// <summary>A stream.</summary>
    /// <param name="response">The answer with the content; it is disposed with the stream.</param>
    /// <param name="timeout">How long the next bytes may take.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public ObjectStream(GetObjectResponse response, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _response = response;
        _timeout = timeout;
        _cancellationToken = cancellationToken;
        _limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <summary>The length of the object, as Amazon S3 tells it before the content.</summary>
    public override long Length => _response.ContentLength;

    /// <inheritdoc />
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        // What waits can only fill memory that stays.
        byte[] chunk = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, ChunkBytes));
        try
        {
            int length = Read(chunk, 0, Math.Min(buffer.Length, chunk.Length));
            chunk.AsSpan(0, length).CopyTo(buffer);
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), _limit);
        _limit.CancelAfter(_timeout);
        try
        {
            int length = await _response.ResponseStream.ReadAsync(buffer, _limit.Token);
            _position += length;
            return length == 0 && buffer.Length > 0 && _position < Length ? throw Broken(null) : length;
        }
        catch (OperationCanceledException) when (_limit.IsCancellationRequested)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException($"no bytes came within {_timeout.TotalSeconds:0.###} seconds, after {Progress()}; try again, or allow more with -TimeoutSec.");
        }
        catch (Exception error) when (error is HttpIOException or SocketException or HttpRequestException || (error is IOException && error.InnerException is SocketException))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            throw Broken(error);
        }
        finally
        {
            _limit.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _response.Dispose();
            _limit.Dispose();
        }

        base.Dispose(disposing);
    }

    private IOException Broken(Exception? cause) => new($"the connection broke after {Progress()}; try again.", cause);

    private string Progress() => string.Create(CultureInfo.InvariantCulture, $"{_position:N0} of {Length:N0} bytes");
}
