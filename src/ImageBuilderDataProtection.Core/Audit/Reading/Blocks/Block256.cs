using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>64 bytes as two vectors of 256 bits.</summary>
internal readonly struct Block256(Vector256<byte> first, Vector256<byte> second) : IByteBlock<Block256>
{
    private static readonly Vector256<byte> ByHighHalf = Vector256.Create(Vector128.Create(OutsideStrings.ByHighHalf), Vector128.Create(OutsideStrings.ByHighHalf));
    private static readonly Vector256<byte> ByLowHalf = Vector256.Create(Vector128.Create(OutsideStrings.ByLowHalf), Vector128.Create(OutsideStrings.ByLowHalf));

    /// <inheritdoc />
    public static bool IsAccelerated => Avx2.IsSupported;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block256 Load(ReadOnlySpan<byte> bytes) => new(Vector256.Create(bytes), Vector256.Create(bytes[32..]));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Equal(byte value)
    {
        Vector256<byte> wanted = Vector256.Create(value);
        return Bits(Vector256.Equals(first, wanted), Vector256.Equals(second, wanted));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EqualButBit5(byte value)
    {
        Vector256<byte> bit = Vector256.Create((byte)0x20);
        Vector256<byte> wanted = Vector256.Create((byte)(value | 0x20));
        return Bits(Vector256.Equals(first | bit, wanted), Vector256.Equals(second | bit, wanted));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Control()
    {
        Vector256<byte> most = Vector256.Create((byte)0x1f);
        return Bits(Vector256.Equals(Vector256.Min(first, most), first), Vector256.Equals(Vector256.Min(second, most), second));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotAscii() => Bits(first, second);

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Legal() => ~Bits(Vector256.Equals(Common(first), Vector256<byte>.Zero), Vector256.Equals(Common(second), Vector256<byte>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Common(Vector256<byte> bytes)
    {
        Vector256<byte> half = Vector256.Create((byte)0x0f);
        return Avx2.Shuffle(ByHighHalf, Vector256.ShiftRightLogical(bytes.AsUInt16(), 4).AsByte() & half) & Avx2.Shuffle(ByLowHalf, bytes & half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(Vector256<byte> first, Vector256<byte> second) =>
        first.ExtractMostSignificantBits() | ((ulong)second.ExtractMostSignificantBits() << 32);
}
