namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>
/// 64 bytes that are asked about all at once. Every answer has one bit a byte, the first byte's lowest. There is one kind for each
/// width of vector that a processor may have; what they answer is the same.
/// </summary>
/// <typeparam name="TSelf">The kind itself, so that code over it is compiled for each.</typeparam>
internal interface IByteBlock<TSelf>
    where TSelf : struct, IByteBlock<TSelf>
{
    /// <summary>How many bytes a block has: one for each bit of an answer.</summary>
    const int Length = 64;

    /// <summary>Whether this kind is fast on this processor.</summary>
    static abstract bool IsAccelerated { get; }

    /// <summary>The bytes from this one on; there must be as many.</summary>
    static abstract TSelf Load(ref readonly byte first);

    /// <summary>The bytes that are this one.</summary>
    ulong Equal(byte value);

    /// <summary>The bytes that are this one or differ from it in bit 5 only, as brackets differ from braces.</summary>
    ulong EqualButBit5(byte value);

    /// <summary>
    /// What <see cref="RecordLeap"/> stops at: the first bytes of what may be <see cref="NotablePairs"/>, which are rare, and all that
    /// <see cref="NotPrintable"/> tells.
    /// </summary>
    /// <param name="oneLater">The block of the bytes one later.</param>
    ulong Notable(TSelf oneLater);

    /// <summary>The bytes that are control characters or not ASCII: below 32 or above 127.</summary>
    ulong NotPrintable();

    /// <summary>The bytes that are not ASCII: above 127.</summary>
    ulong NotAscii();

    /// <summary>The bytes that can stand outside a string of legal JSON; see <see cref="OutsideStrings"/>.</summary>
    ulong Legal();
}
