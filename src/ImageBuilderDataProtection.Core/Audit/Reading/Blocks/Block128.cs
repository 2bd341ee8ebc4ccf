using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>64 bytes as four vectors of 128 bits, which every processor has or the runtime stands in for.</summary>
internal readonly struct Block128(Vector128<byte> first, Vector128<byte> second, Vector128<byte> third, Vector128<byte> fourth) : IByteBlock<Block128>
{
    /// <inheritdoc />
    public static bool IsAccelerated => true;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block128 Load(ReadOnlySpan<byte> bytes) =>
        new(Vector128.Create(bytes), Vector128.Create(bytes[16..]), Vector128.Create(bytes[32..]), Vector128.Create(bytes[48..]));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Equal(byte value)
    {
        Vector128<byte> wanted = Vector128.Create(value);
        return Bits(Vector128.Equals(first, wanted), Vector128.Equals(second, wanted), Vector128.Equals(third, wanted), Vector128.Equals(fourth, wanted));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EqualButBit5(byte value)
    {
        Vector128<byte> bit = Vector128.Create((byte)0x20);
        Vector128<byte> wanted = Vector128.Create((byte)(value | 0x20));
        return Bits(Vector128.Equals(first | bit, wanted), Vector128.Equals(second | bit, wanted), Vector128.Equals(third | bit, wanted), Vector128.Equals(fourth | bit, wanted));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Control()
    {
        Vector128<byte> limit = Vector128.Create((byte)0x20);
        return Bits(Vector128.LessThan(first, limit), Vector128.LessThan(second, limit), Vector128.LessThan(third, limit), Vector128.LessThan(fourth, limit));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotAscii() => Bits(first, second, third, fourth);

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Legal() => ~Bits(NoneCommon(first), NoneCommon(second), NoneCommon(third), NoneCommon(fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> NoneCommon(Vector128<byte> bytes)
    {
        Vector128<byte> high = Vector128.Shuffle(Vector128.Create(OutsideStrings.ByHighHalf), Vector128.ShiftRightLogical(bytes, 4));
        Vector128<byte> low = Vector128.Shuffle(Vector128.Create(OutsideStrings.ByLowHalf), bytes & Vector128.Create((byte)0x0f));
        return Vector128.Equals(high & low, Vector128<byte>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(Vector128<byte> first, Vector128<byte> second, Vector128<byte> third, Vector128<byte> fourth) =>
        first.ExtractMostSignificantBits()
        | ((ulong)second.ExtractMostSignificantBits() << 16)
        | ((ulong)third.ExtractMostSignificantBits() << 32)
        | ((ulong)fourth.ExtractMostSignificantBits() << 48);
}
