using System.Numerics;
using System.Runtime.CompilerServices;
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
    public static RecordOutline Find(ReadOnlySpan<byte> text) =>
        Block512.IsAccelerated ? Find<Block512>(text)
        : Block256.IsAccelerated ? Find<Block256>(text)
        : Find<Block128>(text);

    /// <summary>The same with vectors of one width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RecordOutline Find<TBlock>(ReadOnlySpan<byte> text)
        where TBlock : struct, IByteBlock<TBlock>
    {
        Span<byte> padded = stackalloc byte[IByteBlock<TBlock>.Length];
        int depth = 0;
        ulong inString = 0;
        ulong isEscaped = 0;
        ulong notAscii = 0;
        ulong control = 0;
        RecordTraits traits = RecordTraits.None;
        for (int at = 0; at < text.Length; at += IByteBlock<TBlock>.Length)
        {
            TBlock block;
            if (text.Length - at >= IByteBlock<TBlock>.Length)
            {
                block = TBlock.Load(text[at..]);
            }
            else
            {
                padded.Fill((byte)' ');
                text[at..].CopyTo(padded);
                block = TBlock.Load(padded);
            }

            ulong quote = block.Equal((byte)'"');
            ulong backslash = block.Equal((byte)'\\');
            if ((backslash | isEscaped) != 0)
            {
                ulong escaped = Escaped(backslash, ref isEscaped);
                quote &= ~escaped;
                if ((escaped & (block.Equal((byte)'u') | block.Equal((byte)'/'))) != 0)
                {
                    traits |= RecordTraits.EscapedCharacters;
                }
            }

            ulong strings = PrefixXor(quote) ^ inString;
            inString = (ulong)((long)strings >> 63);
            ulong open = block.EqualButBit5((byte)'{') & ~strings;
            ulong close = block.EqualButBit5((byte)'}') & ~strings;

            ulong within = ulong.MaxValue;
            int closes = BitOperations.PopCount(close);
            int end = depth > closes ? -1 : EndIn(open, close, depth);
            if (end >= 0)
            {
                within = ulong.MaxValue >> (63 - end);
            }
            else
            {
                depth += BitOperations.PopCount(open) - closes;
                if (depth > MaxDepth)
                {
                    return new RecordOutline(OutlineFinding.Damaged, 0, traits);
                }
            }

            ulong controls = block.Control();
            if ((((controls & strings) | (~block.Legal() & ~strings)) & within) != 0)
            {
                return new RecordOutline(OutlineFinding.Damaged, 0, traits);
            }

            control |= controls & within;
            notAscii |= block.NotAscii() & within;

            // The two letters that KMS's name begins with are rare together; what follows the last byte of a block is not known here.
            ulong kms = block.Equal((byte)'k') & ((block.Equal((byte)'m') >> 1) | LastBit) & within;
            if (kms != 0 && StandsAt(text[at..], kms, RecordNeedles.KmsSource))
            {
                traits |= RecordTraits.NamesKms;
            }

            // A bracket before a name with another first letter begins no record; most stand before one.
            ulong start = open & ~((quote >> 1) & ~((block.Equal((byte)'e') >> 2) | LastTwoBits)) & within;
            if (start != 0 && IsRecordAt(text[at..], at == 0 ? start & ~1UL : start))
            {
                return new RecordOutline(OutlineFinding.Damaged, 0, traits);
            }

            if (end >= 0)
            {
                int length = at + end + 1;
                traits |= control != 0 ? RecordTraits.ControlCharacters : RecordTraits.None;
                return notAscii == 0 || Utf8.IsValid(text[..length])
                    ? new RecordOutline(OutlineFinding.Whole, length, traits)
                    : new RecordOutline(OutlineFinding.Damaged, 0, traits);
            }
        }

        return new RecordOutline(OutlineFinding.Unfinished, 0, traits);
    }

    // The bytes that a backslash before them makes plain; the last backslash may be for the next block.
    private static ulong Escaped(ulong backslash, ref ulong isEscaped)
    {
        ulong escaped = isEscaped;
        backslash &= ~isEscaped;
        isEscaped = 0;
        while (backslash != 0)
        {
            ulong next = (backslash & (~backslash + 1)) << 1;
            if (next == 0)
            {
                isEscaped = 1;
                break;
            }

            escaped |= next;
            backslash &= ~(next | (next - 1));
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

    private static bool StandsAt(ReadOnlySpan<byte> text, ulong places, ReadOnlySpan<byte> wanted)
    {
        for (; places != 0; places &= places - 1)
        {
            int at = BitOperations.TrailingZeroCount(places);
            if (at < text.Length && text[at..].StartsWith(wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRecordAt(ReadOnlySpan<byte> text, ulong places)
    {
        for (; places != 0; places &= places - 1)
        {
            int at = BitOperations.TrailingZeroCount(places);
            if (at < text.Length && RecordNeedles.StartsRecord(text[at..]))
            {
                return true;
            }
        }

        return false;
    }
}
