namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>
/// The bytes that can stand outside a string of legal JSON (RFC 8259): white space, quotes, brackets, colon, comma, and what numbers,
/// <c>true</c>, <c>false</c> and <c>null</c> are made of. As vectors look bytes up: by each half byte in a table of 16, where a
/// byte belongs to the set when the two entries have a bit in common.
/// </summary>
internal static class OutsideStrings
{
    private const string Members = "\t\n\r \"{}[]:,+-.0123456789Eaeflnrstu";

    /// <summary>By the high half of a byte: a bit of its own for each half that has members.</summary>
    public static readonly byte[] ByHighHalf = [.. Enumerable.Range(0, 16).Select(static high => (byte)(Bit(high)))];

    /// <summary>By the low half of a byte: the bits of the high halves with which it is a member.</summary>
    public static readonly byte[] ByLowHalf =
    [
        .. Enumerable.Range(0, 16).Select(static low => (byte)Members.Where(member => (member & 15) == low).Aggregate(0, static (bits, member) => bits | Bit(member >> 4))),
    ];

    // Members have high halves below 8, so that every half has its bit.
    private static int Bit(int high) => high < 8 ? 1 << high : 0;
}
