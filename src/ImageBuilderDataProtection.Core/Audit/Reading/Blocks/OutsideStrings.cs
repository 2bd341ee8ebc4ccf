namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>
/// The bytes that can stand outside a string of legal JSON (RFC 8259): white space, quotes, brackets, colon, comma, and what numbers,
/// <c>true</c>, <c>false</c> and <c>null</c> are made of: <c>+ - . 0 to 9 E a e f l n r s t u</c>. As vectors look bytes up: by each
/// half byte in a table of 16, where a byte belongs to the set when the two entries have a bit in common. The tables are written
/// as constants of eight entries, the first one lowest, so that vectors of them are constants, too.
/// </summary>
internal static class OutsideStrings
{
    /// <summary>By the high half of a byte, 0 to 7: a bit of its own for each half with members.</summary>
    public const ulong ByHighHalf = 0x4020100804020001;

    /// <summary>By the high half of a byte, 8 to 15: none.</summary>
    public const ulong ByHighHalfFrom8 = 0;

    /// <summary>By the low half of a byte, 0 to 7: the bits of the high halves with which it is a member.</summary>
    public const ulong ByLowHalf = 0x04246c4444462406;

    /// <summary>By the low half of a byte, 8 to 15.</summary>
    public const ulong ByLowHalfFrom8 = 0x0022532252050504;
}
