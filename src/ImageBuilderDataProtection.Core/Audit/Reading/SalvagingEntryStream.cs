using System.IO.Compression;
using System.IO.Hashing;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// The content of an entry of a .zip archive. The framework looks neither at its checksum nor at its length; here both are told when
/// they are not those that the archive's directory has (APPNOTE.TXT, sections 4.4.7 and 4.4.9).
/// </summary>
/// <param name="entry">The entry.</param>
internal sealed class SalvagingEntryStream(ZipArchiveEntry entry) : SalvagingStream(Unpack(entry), () => Unpack(entry))
{
    private readonly Crc32 _checksum = new();

    // The framework unpacks what is encrypted as if it were not. What it has no method for it calls invalid data, as damage, but says so
    // here and not when it unpacks.
    private static Stream Unpack(ZipArchiveEntry entry)
    {
        try
        {
            return entry.IsEncrypted ? throw NotUnpacked("it is encrypted") : entry.Open();
        }
        catch (InvalidDataException error)
        {
            throw NotUnpacked(error.Message.TrimEnd('.'), error);
        }

        static DataProtectionException NotUnpacked(string why, Exception? error = null) => new(
            "AuditFileUnreadable", FailureKind.InvalidData, $"The entry cannot be unpacked here: {why}; if another program unpacks the .zip file, read the folder that it makes.", error);
    }

    /// <inheritdoc />
    protected override void OnUnpacked(ReadOnlySpan<byte> bytes) => _checksum.Append(bytes);

    /// <inheritdoc />
    protected override string? FindFault() =>
        Given < entry.Length ? "The data are cut off."
        : _checksum.GetCurrentHashAsUInt32() != entry.Crc32 ? "The checksum is wrong."
        : null;
}
