using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>64 bytes as two vectors of 256 bits.</summary>
internal readonly struct Block256(Vector256<byte> first, Vector256<byte> second) : IByteBlock<Block256>
{
    private readonly Vector256<byte> _first = first;
    private readonly Vector256<byte> _second = second;

    /// <inheritdoc />
    public static bool IsAccelerated => Avx2.IsSupported;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block256 Load(ref readonly byte first) => new(Vector256.LoadUnsafe(in first), Vector256.LoadUnsafe(in first, 32));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Equal(byte value) => Bits(Vector256.Equals(_first, Vector256.Create(value)), Vector256.Equals(_second, Vector256.Create(value)));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EqualButBit5(byte value)
    {
        Vector256<byte> bit = Vector256.Create((byte)0x20);
        Vector256<byte> wanted = Vector256.Create((byte)(value | 0x20));
        return Bits(Vector256.Equals(_first | bit, wanted), Vector256.Equals(_second | bit, wanted));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Notable(Block256 oneLater) => Bits(Notable(_first, oneLater._first), Notable(_second, oneLater._second));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotPrintable()
    {
        Vector256<sbyte> limit = Vector256.Create((sbyte)0x20);
        return Bits(Vector256.LessThan(_first.AsSByte(), limit).AsByte(), Vector256.LessThan(_second.AsSByte(), limit).AsByte());
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotAscii() => Bits(_first, _second);

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Legal() => ~Bits(Vector256.Equals(Common(_first), Vector256<byte>.Zero), Vector256.Equals(Common(_second), Vector256<byte>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Notable(Vector256<byte> bytes, Vector256<byte> oneLater) =>
        (Vector256.Equals(
            bytes,
            Avx2.Shuffle(Vector256.Create(NotablePairs.First, NotablePairs.FirstFrom8, NotablePairs.First, NotablePairs.FirstFrom8).AsByte(), oneLater)) & (oneLater + oneLater))
        | Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)0x20)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Common(Vector256<byte> bytes)
    {
        Vector256<byte> half = Vector256.Create((byte)0x0f);
        Vector256<byte> byHigh = Vector256.Create(OutsideStrings.ByHighHalf, OutsideStrings.ByHighHalfFrom8, OutsideStrings.ByHighHalf, OutsideStrings.ByHighHalfFrom8).AsByte();
        Vector256<byte> byLow = Vector256.Create(OutsideStrings.ByLowHalf, OutsideStrings.ByLowHalfFrom8, OutsideStrings.ByLowHalf, OutsideStrings.ByLowHalfFrom8).AsByte();
        return Avx2.Shuffle(byHigh, Vector256.ShiftRightLogical(bytes.AsUInt16(), 4).AsByte() & half) & Avx2.Shuffle(byLow, bytes & half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(Vector256<byte> first, Vector256<byte> second) =>
        first.ExtractMostSignificantBits() | ((ulong)second.ExtractMostSignificantBits() << 32);
}
