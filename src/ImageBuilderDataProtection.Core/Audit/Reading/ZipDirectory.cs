using System.Buffers.Binary;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// How large the directory of a .zip archive is, by the record at the archive's end: the framework reads it whole before it tells
/// ("APPNOTE.TXT - .ZIP File Format Specification" by PKWARE, sections 4.3.14 to 4.3.16).
/// </summary>
/// <param name="Entries">How many entries it says to have.</param>
/// <param name="Bytes">How many bytes it may take: from where it begins to where the record at the end does.</param>
internal readonly record struct ZipDirectory(ulong Entries, long Bytes)
{
    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int End64Bytes = 56;

    // A comment may follow the record.
    private const int MaxTailBytes = EndBytes + ushort.MaxValue + LocatorBytes;

    private static ReadOnlySpan<byte> EndSignature => "PK\u0005\u0006"u8;

    private static ReadOnlySpan<byte> LocatorSignature => "PK\u0006\u0007"u8;

    private static ReadOnlySpan<byte> End64Signature => "PK\u0006\u0006"u8;

    /// <summary>Finds it; the answer for what is no archive, or a damaged one, is an empty one. The stream is left anywhere.</summary>
    public static ZipDirectory Find(Stream archive)
    {
        long tailStart = Math.Max(0, archive.Length - MaxTailBytes);
        byte[] tail = Read(archive, tailStart, (int)(archive.Length - tailStart));
        int end = tail.AsSpan(0, Math.Max(0, tail.Length - EndBytes + EndSignature.Length)).LastIndexOf(EndSignature);
        if (end < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> record = tail.AsSpan(end);
        ulong entries = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        ulong start = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);

        // Where a number is too large for its field, a longer record has it, to which a locator before this one leads.
        if (end >= LocatorBytes && tail.AsSpan(end - LocatorBytes).StartsWith(LocatorSignature) && (entries == ushort.MaxValue || start == uint.MaxValue))
        {
            byte[] longer = Read(archive, (long)BinaryPrimitives.ReadUInt64LittleEndian(tail.AsSpan(end - LocatorBytes + 8)), End64Bytes);
            if (longer.Length == End64Bytes && longer.AsSpan().StartsWith(End64Signature))
            {
                entries = entries == ushort.MaxValue ? BinaryPrimitives.ReadUInt64LittleEndian(longer.AsSpan(32)) : entries;
                start = start == uint.MaxValue ? BinaryPrimitives.ReadUInt64LittleEndian(longer.AsSpan(48)) : start;
            }
        }

        long ends = tailStart + end;
        return new ZipDirectory(entries, start < (ulong)ends ? ends - (long)start : 0);
    }

    // Shorter where the archive ends, and empty for a place outside it.
    private static byte[] Read(Stream archive, long start, int length)
    {
        if (start < 0 || start > archive.Length)
        {
            return [];
        }

        byte[] bytes = new byte[length];
        archive.Position = start;
        return bytes[..archive.ReadAtLeast(bytes, length, throwOnEndOfStream: false)];
    }
}
