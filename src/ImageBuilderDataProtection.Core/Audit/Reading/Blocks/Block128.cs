using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ImageBuilderDataProtection.Audit.Reading.Blocks;

/// <summary>64 bytes as four vectors of 128 bits, which nearly every processor has; for others the runtime stands in.</summary>
internal readonly struct Block128(Vector128<byte> first, Vector128<byte> second, Vector128<byte> third, Vector128<byte> fourth) : IByteBlock<Block128>
{
    private readonly Vector128<byte> _first = first;
    private readonly Vector128<byte> _second = second;
    private readonly Vector128<byte> _third = third;
    private readonly Vector128<byte> _fourth = fourth;

    /// <inheritdoc />
    public static bool IsAccelerated => true;

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block128 Load(ref readonly byte first) =>
        new(Vector128.LoadUnsafe(in first), Vector128.LoadUnsafe(in first, 16), Vector128.LoadUnsafe(in first, 32), Vector128.LoadUnsafe(in first, 48));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Equal(byte value)
    {
        Vector128<byte> wanted = Vector128.Create(value);
        return Bits(Vector128.Equals(_first, wanted), Vector128.Equals(_second, wanted), Vector128.Equals(_third, wanted), Vector128.Equals(_fourth, wanted));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong EqualButBit5(byte value)
    {
        Vector128<byte> bit = Vector128.Create((byte)0x20);
        Vector128<byte> wanted = Vector128.Create((byte)(value | 0x20));
        return Bits(Vector128.Equals(_first | bit, wanted), Vector128.Equals(_second | bit, wanted), Vector128.Equals(_third | bit, wanted), Vector128.Equals(_fourth | bit, wanted));
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Notable(Block128 oneLater) => Bits(
        Notable(_first, oneLater._first), Notable(_second, oneLater._second), Notable(_third, oneLater._third), Notable(_fourth, oneLater._fourth));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotPrintable() => Bits(IsNotPrintable(_first), IsNotPrintable(_second), IsNotPrintable(_third), IsNotPrintable(_fourth));

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotAscii() => Bits(_first, _second, _third, _fourth);

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Legal() => ~Bits(NoneCommon(_first), NoneCommon(_second), NoneCommon(_third), NoneCommon(_fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Notable(Vector128<byte> bytes, Vector128<byte> oneLater) =>
        (Vector128.Equals(bytes, LookUp(NotablePairs.First, NotablePairs.FirstFrom8, oneLater)) & (oneLater + oneLater)) | IsNotPrintable(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> IsNotPrintable(Vector128<byte> bytes) => Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)0x20)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> NoneCommon(Vector128<byte> bytes)
    {
        Vector128<byte> high = LookUp(OutsideStrings.ByHighHalf, OutsideStrings.ByHighHalfFrom8, Vector128.ShiftRightLogical(bytes, 4));
        Vector128<byte> low = LookUp(OutsideStrings.ByLowHalf, OutsideStrings.ByLowHalfFrom8, bytes & Vector128.Create((byte)0x0f));
        return Vector128.Equals(high & low, Vector128<byte>.Zero);
    }

    // The entry by the low half of each byte; 0 for bytes above 127. .NET 8 has no instruction of all processors for this.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LookUp(ulong entries, ulong entriesFrom8, Vector128<byte> bytes)
    {
        Vector128<byte> table = Vector128.Create(entries, entriesFrom8).AsByte();
        return Ssse3.IsSupported ? Ssse3.Shuffle(table, bytes)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.VectorTableLookup(table, bytes & Vector128.Create((byte)0x8f))
            : Vector128.Shuffle(table, bytes & Vector128.Create((byte)0x8f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(Vector128<byte> first, Vector128<byte> second, Vector128<byte> third, Vector128<byte> fourth) =>
        first.ExtractMostSignificantBits()
        | ((ulong)second.ExtractMostSignificantBits() << 16)
        | ((ulong)third.ExtractMostSignificantBits() << 32)
        | ((ulong)fourth.ExtractMostSignificantBits() << 48);
}
