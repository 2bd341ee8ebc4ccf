using System.Buffers.Binary;
using System.IO.Compression;
using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>What gzip data unpack to. Data that are cut off, which the framework takes for data that end, are told by their last bytes.</summary>
internal sealed class SalvagingGzipStream : SalvagingStream
{
    private readonly Ending _packed;

    /// <summary>Begins to unpack.</summary>
    /// <param name="packed">The data, at its start; closed with this stream.</param>
    /// <param name="open">Opens the data anew.</param>
    public SalvagingGzipStream(Stream packed, Func<Stream> open)
        : this(new Ending(packed), open)
    {
    }

    private SalvagingGzipStream(Ending packed, Func<Stream> open)
        : base(new GZipStream(packed, CompressionMode.Decompress), () => new GZipStream(open(), CompressionMode.Decompress)) =>
        _packed = packed;

    // Gzip data end with the length of what they unpack to (RFC 1952, section 2.3.1; of the last part, when there are several).
    /// <inheritdoc />
    protected override string? FindFault() => _packed.LastFourBytes > Given ? "The data are cut off." : null;

    /// <summary>The packed data, of which the last bytes that were read are remembered.</summary>
    private sealed class Ending(Stream inner) : ForwardStream
    {
        private readonly byte[] _last = new byte[sizeof(uint)];

        /// <summary>The last four bytes as a number.</summary>
        public uint LastFourBytes => BinaryPrimitives.ReadUInt32LittleEndian(_last);

        public override int Read(Span<byte> buffer)
        {
            int count = inner.Read(buffer);
            Span<byte> last = _last;
            ReadOnlySpan<byte> read = buffer[Math.Max(0, count - last.Length)..count];
            last[read.Length..].CopyTo(last);
            read.CopyTo(last[^read.Length..]);
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
