using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
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
    /// <param name="file">The gzip data, from the start; it can be sought in.</param>
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
        int header = ReadHeader(file);
        long compressed = file.Length - header - TrailerBytes;
        if (compressed <= 0)
        {
            throw Damaged("is cut off");
        }

        file.Position = header;
        var stretch = new GzipStretch(file, compressed);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            uint checksum = 0;
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

                checksum = Crc32.Append(checksum, chunk.AsSpan(0, count));
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
            file.ReadExactly(trailer);
            if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != checksum || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)length)
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

    // RFC 1952, section 2.3.
    private static int ReadHeader(Stream file)
    {
        byte[] start = new byte[(int)Math.Min(file.Length, MaxHeaderBytes)];
        file.Position = 0;
        file.ReadExactly(start);
        if (start is not [0x1f, 0x8b, 8, <= 0x1f and byte flags, _, _, _, _, _, _, ..])
        {
            throw Damaged("is no gzip data");
        }

        int length = 10;
        if ((flags & 4) != 0)
        {
            length += length + 2 <= start.Length ? 2 + BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(length)) : start.Length;
        }

        // A name and a comment, each ended by a zero.
        for (int texts = ((flags >> 3) & 1) + ((flags >> 4) & 1); texts > 0 && length < start.Length; texts--)
        {
            int end = start.AsSpan(length).IndexOf((byte)0);
            length = end < 0 ? start.Length : length + end + 1;
        }

        // The header's own checksum: the low half of the checksum of what stands before it.
        if ((flags & 2) != 0 && length + 2 <= start.Length)
        {
            if ((ushort)Crc32.Append(0, start.AsSpan(0, length)) != BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(length)))
            {
                throw Damaged("is damaged: the checksum of its gzip header is wrong");
            }

            length += 2;
        }

        return length < start.Length ? length : throw Damaged("is damaged or cut off: its gzip header has no end");
    }

    private static DataProtectionException Damaged(string reason) => new("GzipDamaged", FailureKind.InvalidData, reason);
}
