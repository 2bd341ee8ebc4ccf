using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.ExceptionServices;
using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Unpacks gzip data, of damaged data all that stands before the damage: the framework's reader loses what it had unpacked in the
/// call that came upon it, up to the length of the caller's buffer. That is then unpacked once more, a byte at a time. Data that are
/// cut off, which the framework takes for data that end, are told by their last bytes.
/// </summary>
internal sealed class SalvagingGzipStream : ForwardStream
{
    /// <summary>As much as a read gives at least, as long as there is more: going to and fro between unpacking and searching costs time.</summary>
    private const int EnoughBytes = 128 * 1024;

    private readonly Func<Stream> _open;
    private readonly Ending _packed;
    private readonly GZipStream _unpacked;
    private ExceptionDispatchInfo? _failure;
    private long _given;

    /// <summary>Begins to unpack.</summary>
    /// <param name="packed">The data, at its start; closed with this stream.</param>
    /// <param name="open">Opens the data anew.</param>
    public SalvagingGzipStream(Stream packed, Func<Stream> open)
    {
        _open = open;
        _packed = new Ending(packed);
        _unpacked = new GZipStream(_packed, CompressionMode.Decompress);
    }

    /// <inheritdoc />
    /// <exception cref="InvalidDataException">The data are damaged or cut off here; all before was given.</exception>
    public override int Read(Span<byte> buffer)
    {
        _failure?.Throw();
        int total = 0;
        try
        {
            while (total < Math.Min(EnoughBytes, buffer.Length) && _unpacked.Read(buffer[total..]) is > 0 and int count)
            {
                total += count;
                _given += count;
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            // Told by the next read, after what came before it.
            _failure = ExceptionDispatchInfo.Capture(failure);
            total += failure is InvalidDataException ? Salvage(buffer[total..]) : 0;
            if (total == 0)
            {
                throw;
            }
        }

        // Gzip data end with the length of what they unpack to (RFC 1952, section 2.3.1; of the last part, when there are several).
        if (total == 0 && buffer.Length > 0 && _packed.LastFourBytes > _given)
        {
            _failure = ExceptionDispatchInfo.Capture(new InvalidDataException("The data are cut off."));
            _failure.Throw();
        }

        return total;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacked.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Salvage(Span<byte> buffer)
    {
        int count = 0;
        byte[] passedOver = new byte[EnoughBytes];
        try
        {
            using var again = new GZipStream(_open(), CompressionMode.Decompress);
            for (long left = _given; left > 0;)
            {
                int passed = again.Read(passedOver.AsSpan(0, (int)Math.Min(left, passedOver.Length)));
                if (passed == 0)
                {
                    return 0;
                }

                left -= passed;
            }

            while (count < buffer.Length && again.Read(buffer.Slice(count, 1)) == 1)
            {
                count++;
            }
        }
        catch (Exception error) when (AuditReadException.IsOfReading(error))
        {
            // It was known to fail somewhere; what came before is the gain. The failure itself is told by the next read.
        }

        return count;
    }

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
