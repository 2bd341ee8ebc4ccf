using System.IO.Compression;
using System.IO.Hashing;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// The content of an entry of a .zip archive. The framework looks neither at its checksum nor at its length; here both are told when
/// they are not those that the archive's directory has (APPNOTE.TXT, sections 4.4.7 and 4.4.9).
/// </summary>
/// <param name="entry">The entry.</param>
internal sealed class SalvagingEntryStream(ZipArchiveEntry entry) : SalvagingStream(entry.Open(), entry.Open)
{
    private readonly Crc32 _checksum = new();

    /// <inheritdoc />
    protected override void OnUnpacked(ReadOnlySpan<byte> bytes) => _checksum.Append(bytes);

    /// <inheritdoc />
    protected override string? FindFault() =>
        Given < entry.Length ? "The data are cut off."
        : _checksum.GetCurrentHashAsUInt32() != entry.Crc32 ? "The checksum is wrong."
        : null;
}
