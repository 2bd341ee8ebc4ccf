using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>64 bytes as one vector of 512 bits.</summary>
internal readonly struct Block512(Vector512<byte> bytes) : IByteBlock<Block512>
{
    private readonly Vector512<byte> _bytes = bytes;

    /// <inheritdoc />
    public static bool IsAccelerated => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block512 Load(ref readonly byte first) => new(Vector512.LoadUnsafe(in first));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Equal(byte value) => Vector512.Equals(_bytes, Vector512.Create(value)).ExtractMostSignificantBits();

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EqualButBit5(byte value) =>
        Vector512.Equals(_bytes | Vector512.Create((byte)0x20), Vector512.Create((byte)(value | 0x20))).ExtractMostSignificantBits();

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Notable(Block512 oneLater)
    {
        Vector512<byte> pairs = Vector512.Create(
            NotablePairs.First, NotablePairs.FirstFrom8, NotablePairs.First, NotablePairs.FirstFrom8,
            NotablePairs.First, NotablePairs.FirstFrom8, NotablePairs.First, NotablePairs.FirstFrom8).AsByte();
        return ((Vector512.Equals(_bytes, Avx512BW.Shuffle(pairs, oneLater._bytes)) & (oneLater._bytes + oneLater._bytes))
            | Vector512.LessThan(_bytes.AsSByte(), Vector512.Create((sbyte)0x20)).AsByte()).ExtractMostSignificantBits();
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotPrintable() => Vector512.LessThan(_bytes.AsSByte(), Vector512.Create((sbyte)0x20)).ExtractMostSignificantBits();

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotAscii() => _bytes.ExtractMostSignificantBits();

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Legal()
    {
        Vector512<byte> half = Vector512.Create((byte)0x0f);
        Vector512<byte> byHigh = Vector512.Create(
            OutsideStrings.ByHighHalf, OutsideStrings.ByHighHalfFrom8, OutsideStrings.ByHighHalf, OutsideStrings.ByHighHalfFrom8,
            OutsideStrings.ByHighHalf, OutsideStrings.ByHighHalfFrom8, OutsideStrings.ByHighHalf, OutsideStrings.ByHighHalfFrom8).AsByte();
        Vector512<byte> byLow = Vector512.Create(
            OutsideStrings.ByLowHalf, OutsideStrings.ByLowHalfFrom8, OutsideStrings.ByLowHalf, OutsideStrings.ByLowHalfFrom8,
            OutsideStrings.ByLowHalf, OutsideStrings.ByLowHalfFrom8, OutsideStrings.ByLowHalf, OutsideStrings.ByLowHalfFrom8).AsByte();
        Vector512<byte> high = Avx512BW.Shuffle(byHigh, Vector512.ShiftRightLogical(_bytes.AsUInt16(), 4).AsByte() & half);
        return ~Vector512.Equals(high & Avx512BW.Shuffle(byLow, _bytes & half), Vector512<byte>.Zero).ExtractMostSignificantBits();
    }
}
