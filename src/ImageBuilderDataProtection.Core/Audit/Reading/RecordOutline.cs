using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.Unicode;
using ImageBuilderDataProtection.Audit.Reading.Blocks;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>What a look at the beginning of a record tells without reading it: where it ends, and whether it can be of KMS.</summary>
/// <param name="Finding">Whether the end was found.</param>
/// <param name="Length">The record's length in bytes, when it was.</param>
/// <param name="Traits">What stands in it, when it was.</param>
internal readonly record struct RecordOutline(OutlineFinding Finding, int Length, RecordTraits Traits)
{
    /// <summary>Brackets may nest as deep as the JSON reader lets them.</summary>
    public const int MaxDepth = Json.StrictJson.MaxDepth;

    private const ulong LastBit = 1UL << 63;
    private const ulong LastTwoBits = LastBit | (LastBit >> 1);

    /// <summary>
    /// Follows strings and brackets from a record's first bracket to its last, 64 bytes at a time. Of legal JSON the end is found
    /// wherever it stands and whatever the strings hold. What cannot be legal, for a byte where none like it can stand or another
    /// record's beginning inside, is told as damaged, and a slower reader says what is wrong; not all that is wrong is seen here.
    /// </summary>
    /// <param name="text">The text from the record's first bracket on.</param>
    /// <param name="isInList">Whether it stands in a list of records.</param>
    public static RecordOutline Find(ReadOnlySpan<byte> text, bool isInList) =>
        Block512.IsAccelerated ? Find<Block512>(text, isInList)
        : Block256.IsAccelerated ? Find<Block256>(text, isInList)
        : Find<Block128>(text, isInList);

    /// <summary>The same with vectors of one width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RecordOutline Find<TBlock>(ReadOnlySpan<byte> text, bool isInList)
        where TBlock : struct, IByteBlock<TBlock>
    {
        Span<byte> padded = stackalloc byte[IByteBlock<TBlock>.Length + 1];
        ref byte start = ref MemoryMarshal.GetReference(text);

        // What one block leaves to the next: all bits when a string goes on, the first bit when a backslash makes the next byte plain.
        ulong inString = 0;
        ulong isEscaped = 0;
        int depth = 0;
        RecordTraits traits = RecordTraits.None;
        for (int at = 0; at < text.Length; at += IByteBlock<TBlock>.Length)
        {
            // One byte more than a block is looked at.
            ref byte first = ref MemoryMarshal.GetReference(padded);
            if (text.Length - at > IByteBlock<TBlock>.Length)
            {
                first = ref Unsafe.Add(ref start, at);
            }
            else
            {
                padded.Fill((byte)' ');
                text[at..].CopyTo(padded);
            }

            TBlock block = TBlock.Load(ref first);
            ulong quote = block.Equal((byte)'"');
            ulong backslash = block.Equal((byte)'\\');
            if ((backslash | isEscaped) != 0)
            {
                ulong escaped = Escaped(backslash, isEscaped);
                isEscaped = (backslash & ~escaped) >> 63;
                quote &= ~escaped;

                // Of two backslashes, too: a record may stand in a string, with its backslashes doubled.
                ulong numbers = backslash & TBlock.Load(ref Unsafe.Add(ref first, 1)).Equal((byte)'u');
                traits |= numbers != 0 ? RecordTraits.EscapedCharacters : RecordTraits.None;
            }

            ulong strings = PrefixXor(quote) ^ inString;
            inString = (ulong)((long)strings >> 63);
            ulong open = block.EqualButBit5((byte)'{') & ~strings;
            ulong close = block.EqualButBit5((byte)'}') & ~strings;
            ulong within = ulong.MaxValue;
            int closes = BitOperations.PopCount(close);
            int end = -1;
            if (depth <= closes && (end = EndIn(open, close, depth)) >= 0)
            {
                within = ulong.MaxValue >> (63 - end);
            }

            depth += BitOperations.PopCount(open) - closes;

            // A bracket before a name with another first letter begins no record; most stand before one.
            ulong starts = open & ~((quote >> 1) & ~((block.Equal((byte)'e') >> 2) | LastTwoBits));
            starts &= at == 0 ? within & ~1UL : within;
            ulong kms = block.Equal((byte)'k') & TBlock.Load(ref Unsafe.Add(ref first, 1)).Equal((byte)'m') & within;
            ulong odd = block.NotPrintable() & within;
            ulong illegal = ~block.Legal() & ~strings & within;
            if ((kms | starts | odd | illegal) != 0)
            {
                traits |= LookClosely(text, at, isInList, kms, starts, odd);
                if ((illegal | (odd & strings & ~block.NotAscii())) != 0)
                {
                    return new RecordOutline(OutlineFinding.Damaged, 0, traits);
                }
            }

            if (end >= 0)
            {
                return Settle(text[..(at + end + 1)], traits);
            }

            if (depth > MaxDepth)
            {
                break;
            }
        }

        return new RecordOutline(depth > MaxDepth ? OutlineFinding.Damaged : OutlineFinding.Unfinished, 0, traits);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static RecordTraits LookClosely(ReadOnlySpan<byte> text, int at, bool isInList, ulong kms, ulong starts, ulong odd) =>
        (kms != 0 && NamesKms(text[at..], kms) ? RecordTraits.NamesKms : RecordTraits.None)
        | (starts != 0 && HoldsRecord(text, at, isInList, starts) ? RecordTraits.HoldsRecord : RecordTraits.None)
        | (odd != 0 ? RecordTraits.OddCharacters : RecordTraits.None);

    private static RecordOutline Settle(ReadOnlySpan<byte> record, RecordTraits traits) =>
        (traits & RecordTraits.HoldsRecord) != 0 || ((traits & RecordTraits.OddCharacters) != 0 && !Utf8.IsValid(record))
            ? new RecordOutline(OutlineFinding.Damaged, 0, traits)
            : new RecordOutline(OutlineFinding.Whole, record.Length, traits);

    // The bytes that a backslash before them makes plain, of those from the first on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Escaped(ulong backslash, ulong isEscaped)
    {
        ulong escaped = isEscaped;
        backslash &= ~isEscaped;
        while (backslash != 0)
        {
            ulong next = (backslash & (~backslash + 1)) << 1;
            escaped |= next;
            backslash &= next == 0 ? 0 : ~(next | (next - 1));
        }

        return escaped;
    }

    // Each bit is the parity of those up to it: of quotes, whether it stands in a string.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong PrefixXor(ulong bits)
    {
        if (Pclmulqdq.IsSupported)
        {
            return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(bits), Vector128<ulong>.AllBitsSet, 0).ToScalar();
        }

        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }

    // The bracket that closes the record; negative when it is not among these.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int EndIn(ulong open, ulong close, int depth)
    {
        for (ulong rest = close; rest != 0; rest &= rest - 1)
        {
            int at = BitOperations.TrailingZeroCount(rest);
            ulong before = (1UL << at) - 1;
            if (depth + BitOperations.PopCount(open & before) - BitOperations.PopCount(close & before) <= 1)
            {
                return at;
            }
        }

        return -1;
    }

    private static bool NamesKms(ReadOnlySpan<byte> text, ulong places)
    {
        for (; places != 0; places &= places - 1)
        {
            int place = BitOperations.TrailingZeroCount(places);
            if (place < text.Length && text[place..].StartsWith(RecordNeedles.KmsSource))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsRecord(ReadOnlySpan<byte> text, int at, bool isInList, ulong places)
    {
        for (; places != 0; places &= places - 1)
        {
            int place = at + BitOperations.TrailingZeroCount(places);
            if (place < text.Length && RecordNeedles.StartsRecordAt(text, place, isInList))
            {
                return true;
            }
        }

        return false;
    }
}
