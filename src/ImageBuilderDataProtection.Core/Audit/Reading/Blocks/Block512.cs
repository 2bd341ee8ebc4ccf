using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>64 bytes as one vector of 512 bits.</summary>
internal readonly struct Block512(Vector512<byte> bytes) : IByteBlock<Block512>
{
    private static readonly Vector512<byte> ByHighHalf = Lanes(OutsideStrings.ByHighHalf);
    private static readonly Vector512<byte> ByLowHalf = Lanes(OutsideStrings.ByLowHalf);

    /// <inheritdoc />
    public static bool IsAccelerated => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block512 Load(ReadOnlySpan<byte> bytes) => new(Vector512.Create(bytes));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Equal(byte value) => Vector512.Equals(bytes, Vector512.Create(value)).ExtractMostSignificantBits();

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EqualButBit5(byte value) =>
        Vector512.Equals(bytes | Vector512.Create((byte)0x20), Vector512.Create((byte)(value | 0x20))).ExtractMostSignificantBits();

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Control() => Vector512.LessThan(bytes, Vector512.Create((byte)0x20)).ExtractMostSignificantBits();

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotAscii() => bytes.ExtractMostSignificantBits();

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Legal()
    {
        Vector512<byte> half = Vector512.Create((byte)0x0f);
        Vector512<byte> high = Avx512BW.Shuffle(ByHighHalf, Vector512.ShiftRightLogical(bytes.AsUInt16(), 4).AsByte() & half);
        return ~Vector512.Equals(high & Avx512BW.Shuffle(ByLowHalf, bytes & half), Vector512<byte>.Zero).ExtractMostSignificantBits();
    }

    private static Vector512<byte> Lanes(byte[] table)
    {
        Vector256<byte> two = Vector256.Create(Vector128.Create(table), Vector128.Create(table));
        return Vector512.Create(two, two);
    }
}
