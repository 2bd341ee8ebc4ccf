using System.IO.Compression;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Unpacks gzip data, of damaged data all that stands before the damage: the framework's reader loses what it had unpacked in the
/// call that came upon it, up to the length of the caller's buffer. That is then unpacked once more, a byte at a time.
/// </summary>
/// <param name="packed">The data, at its start; closed with this stream.</param>
/// <param name="open">Opens the data anew.</param>
internal sealed class SalvagingGzipStream(Stream packed, Func<Stream> open) : ForwardStream
{
    private readonly GZipStream _unpacked = new(packed, CompressionMode.Decompress);
    private InvalidDataException? _failure;
    private long _given;

    /// <inheritdoc />
    /// <exception cref="InvalidDataException">The data are damaged or cut off here; all before was given.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        try
        {
            int count = _unpacked.Read(buffer);
            _given += count;
            return count;
        }
        catch (InvalidDataException failure)
        {
            _failure = failure;
            if (Salvage(buffer) is > 0 and int salvaged)
            {
                return salvaged;
            }

            throw;
        }
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
        try
        {
            using var again = new GZipStream(open(), CompressionMode.Decompress);
            for (long left = _given; left > 0;)
            {
                int passed = again.Read(buffer[..(int)Math.Min(left, buffer.Length)]);
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
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException or DataProtectionException)
        {
            // It was known to fail somewhere; what came before is the gain. The failure itself is told by the next read.
        }

        return count;
    }
}
