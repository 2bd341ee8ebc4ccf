using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// A stretch of a stream for a decoder to read. Its last byte is handed out on its own: a decoder that ends before it
/// has asked for that byte has not needed the whole stretch, and one that asks for more has not come to its end.
/// </summary>
internal sealed class GzipStretch(Stream inner, long length) : ForwardStream
{
    private long _left = length;

    /// <summary>Whether the last byte was asked for.</summary>
    public bool IsUsedUp => _left == 0;

    /// <summary>Whether more was asked for than there is.</summary>
    public bool IsExceeded { get; private set; }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        IsExceeded |= _left == 0;
        long most = _left > 1 ? _left - 1 : _left;
        int count = inner.Read(buffer[..(int)Math.Min(buffer.Length, most)]);
        _left -= count;
        return count;
    }
}
