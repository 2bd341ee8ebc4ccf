using System.Runtime.ExceptionServices;
using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// What packed data unpack to, of damaged data all that stands before the damage: the framework's readers lose what they had
/// unpacked in the call that came upon it, up to the length of the caller's buffer. That is then unpacked once more, a byte at a time.
/// </summary>
/// <param name="unpacked">What the data unpack to, from the start; closed with this stream.</param>
/// <param name="unpackAnew">Unpacks the data once more, from their start.</param>
internal abstract class SalvagingStream(Stream unpacked, Func<Stream> unpackAnew) : ForwardStream
{
    /// <summary>As much as a read gives at least, as long as there is more: going to and fro between unpacking and searching costs time.</summary>
    private const int EnoughBytes = 128 * 1024;

    private ExceptionDispatchInfo? _failure;

    /// <summary>How many bytes were given.</summary>
    protected long Given { get; private set; }

    /// <inheritdoc />
    /// <exception cref="InvalidDataException">The data are damaged or cut off here; all before was given.</exception>
    public sealed override int Read(Span<byte> buffer)
    {
        _failure?.Throw();
        int total = 0;
        try
        {
            while (total < Math.Min(EnoughBytes, buffer.Length) && unpacked.Read(buffer[total..]) is > 0 and int count)
            {
                OnUnpacked(buffer.Slice(total, count));
                total += count;
                Given += count;
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

        if (total == 0 && buffer.Length > 0 && FindFault() is { } fault)
        {
            _failure = ExceptionDispatchInfo.Capture(new InvalidDataException(fault));
            _failure.Throw();
        }

        return total;
    }

    /// <summary>Is told of bytes that will be given.</summary>
    protected virtual void OnUnpacked(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>What is wrong with data that the framework took to have ended well; null when nothing is.</summary>
    protected abstract string? FindFault();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            unpacked.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Salvage(Span<byte> buffer)
    {
        int count = 0;
        byte[] passedOver = new byte[EnoughBytes];
        try
        {
            using Stream again = unpackAnew();
            for (long left = Given; left > 0;)
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
}
