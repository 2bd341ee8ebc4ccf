using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Reads gzip data to the letter (RFC 1952): one member, with the right checksum and length, and nothing after it. The
/// framework's own reader passes over what is appended to a file, and over a second member.
/// </summary>
internal static class GzipContent
{
    private const int ChunkBytes = 64 * 1024;
    private const int MaxHeaderBytes = 64 * 1024;
    private const int TrailerBytes = 8;

    /// <summary>The SHA-256 hash of the uncompressed content.</summary>
    /// <param name="file">The gzip data, from the start; it tells its length, and is read once, forwards.</param>
    /// <param name="maxBytes">The most bytes the content may have.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DataProtectionException"><c>GzipDamaged</c> or <c>FileTooLarge</c>; the message is the end of a sentence about the file.</exception>
    public static byte[] Hash(Stream file, long maxBytes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Read(file, maxBytes, hash.AppendData, cancellationToken);
        return hash.GetHashAndReset();
    }

    /// <summary>The uncompressed content.</summary>
    /// <inheritdoc cref="Hash"/>
    public static byte[] ReadAll(Stream file, int maxBytes, CancellationToken cancellationToken)
    {
        var content = new ArrayBufferWriter<byte>(ChunkBytes);
        Read(file, maxBytes, content.Write, cancellationToken);
        return content.WrittenSpan.ToArray();
    }

    private delegate void Sink(ReadOnlySpan<byte> bytes);

    private static void Read(Stream file, long maxBytes, Sink sink, CancellationToken cancellationToken)
    {
        long total = file.Length;
        var buffered = new BufferedStream(file, ChunkBytes);
        int header = ReadHeader(buffered);
        long compressed = total - header - TrailerBytes;
        if (compressed <= 0)
        {
            throw Damaged("is cut off");
        }

        var stretch = new GzipStretch(buffered, compressed);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var checksum = new Crc32();
            long length = 0;
            using var inflated = new DeflateStream(stretch, CompressionMode.Decompress);
            while (inflated.Read(chunk) is > 0 and int count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                length += count;
                if (length > maxBytes)
                {
                    throw new DataProtectionException("FileTooLarge", FailureKind.LimitExceeded, $"has more than {maxBytes:N0} bytes when unpacked, which is the limit");
                }

                checksum.Append(chunk.AsSpan(0, count));
                sink(chunk.AsSpan(0, count));
            }

            if (!stretch.IsUsedUp)
            {
                throw Damaged("has more in it than its gzip data: something was appended");
            }

            // The framework takes data that lack only the mark of their end.
            if (stretch.IsExceeded)
            {
                throw Damaged("is damaged or cut off: its gzip data have no end");
            }

            Span<byte> trailer = stackalloc byte[TrailerBytes];
            buffered.ReadExactly(trailer);
            if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != checksum.GetCurrentHashAsUInt32() || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)length)
            {
                throw Damaged("is damaged or cut off: its gzip checksum is wrong");
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw Damaged("is damaged or cut off: its gzip data cannot be read to the end");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    // RFC 1952, section 2.3. Byte by byte: the data after it are read from where it ends.
    private static int ReadHeader(Stream file)
    {
        var header = new List<byte>();
        if (!TryTake(10) || header is not [0x1f, 0x8b, 8, <= 0x1f, ..])
        {
            throw Damaged("is no gzip data");
        }

        byte flags = header[3];
        bool isWhole = (flags & 4) == 0 || (TryTake(2) && TryTake(header[^2] | (header[^1] << 8)));

        // A name and a comment, each ended by a zero.
        for (int texts = ((flags >> 3) & 1) + ((flags >> 4) & 1); texts > 0 && isWhole; texts--)
        {
            do
            {
                isWhole = TryTake(1);
            }
            while (isWhole && header[^1] != 0);
        }

        // The header's own checksum: the low half of the checksum of what stands before it.
        if (isWhole && (flags & 2) != 0)
        {
            ushort checksum = (ushort)Crc32.HashToUInt32(CollectionsMarshal.AsSpan(header));
            isWhole = TryTake(2);
            if (isWhole && checksum != (header[^2] | (header[^1] << 8)))
            {
                throw Damaged("is damaged: the checksum of its gzip header is wrong");
            }
        }

        return isWhole ? header.Count : throw Damaged("is damaged or cut off: its gzip header has no end");

        bool TryTake(int count)
        {
            for (; count > 0; count--)
            {
                if (header.Count == MaxHeaderBytes || file.ReadByte() is not (>= 0 and var next))
                {
                    return false;
                }

                header.Add((byte)next);
            }

            return true;
        }
    }

    private static DataProtectionException Damaged(string reason) => new("GzipDamaged", FailureKind.InvalidData, reason);
}
