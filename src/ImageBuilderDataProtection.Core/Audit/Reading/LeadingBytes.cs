using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>A stream that goes forward only, whose first bytes can be looked at before it is read.</summary>
/// <param name="inner">The stream; it is closed with this one.</param>
internal sealed class LeadingBytes(Stream inner) : ForwardStream
{
    private const int MaxLength = 4;

    private readonly byte[] _first = new byte[MaxLength];
    private int _length;
    private int _given;

    /// <summary>The first bytes, four at most; less when there are no more.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        _length = _length > 0 ? _length : inner.ReadAtLeast(_first, MaxLength, throwOnEndOfStream: false);
        return _first.AsSpan(0, _length);
    }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        if (_given == _length)
        {
            return inner.Read(buffer);
        }

        int count = Math.Min(buffer.Length, _length - _given);
        _first.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
