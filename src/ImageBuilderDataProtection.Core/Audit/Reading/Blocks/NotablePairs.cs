namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>
/// The pairs of bytes that <see cref="RecordLeap"/> looks for, which are rare: <c>km</c>, <c>tV</c> and, of an escape, <c>\u</c>. As
/// vectors look them up, which takes half as many instructions as to compare with each: the first byte by the low half of the
/// second, whose bit 6 must be set, so that <c>k-</c> is none. What has another high half, such as <c>tf</c>, is told, too, and rarer
/// than another look costs. Constants as in <see cref="OutsideStrings"/>.
/// </summary>
internal static class NotablePairs
{
    /// <summary>The first byte where the low half of the second is 0 to 7: <c>\</c> before 5, <c>t</c> before 6, else none that is ASCII.</summary>
    public const ulong First = 0xff745cffffffffff;

    /// <summary>The first byte where it is 8 to 15: <c>k</c> before 13.</summary>
    public const ulong FirstFrom8 = 0xffff6bffffffffff;
}
