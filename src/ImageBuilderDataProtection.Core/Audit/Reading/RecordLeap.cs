using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ImageBuilderDataProtection.Audit.Reading.Blocks;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// How far one can go over the records of a list that cannot be of KMS without following their strings and brackets. Between
/// records stands <c>},{"eventVersion"</c>, which cannot stand in a string, so the bounds are seen wherever one looks. A record that
/// names KMS, or has escapes that could, ends the leap, and so does whatever is odd: a character that is not printable ASCII, or a
/// record that begins where none should. Records that begin otherwise are taken for a part of the one before; whatever stands in
/// them is seen all the same.
/// </summary>
/// <param name="Passed">How many records were passed over.</param>
/// <param name="Start">Where the next one begins.</param>
/// <param name="Length">The length of that one, where it is whole and is to be looked at; 0 where it is to be followed closely.</param>
/// <param name="Traits">What stands in that one, where it is whole.</param>
internal readonly record struct RecordLeap(int Passed, int Start, int Length, RecordTraits Traits)
{
    // Where the two letters stand in a record's beginning, by which it is found.
    private const int LettersAt = 6;

    /// <summary>Leaps.</summary>
    /// <param name="text">The text from the beginning of a record on.</param>
    // Vectors of 512 bits find no more here and are slower: their comparisons end in registers of their own.
    public static RecordLeap Over(ReadOnlySpan<byte> text) =>
        Block256.IsAccelerated ? Over<Block256>(text) : Over<Block128>(text);

    /// <summary>The same with vectors of one width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RecordLeap Over<TBlock>(ReadOnlySpan<byte> text)
        where TBlock : struct, IByteBlock<TBlock>
    {
        ref byte first = ref MemoryMarshal.GetReference(text);
        int passed = 0;
        int start = 0;
        RecordTraits traits = RecordTraits.None;

        // One byte more than a block is looked at.
        for (int at = RecordNeedles.RecordStart.Length; text.Length - at > IByteBlock<TBlock>.Length; at += IByteBlock<TBlock>.Length)
        {
            ulong notable = Notable<TBlock>(ref first, at);
            if (text.Length - at > 2 * IByteBlock<TBlock>.Length)
            {
                // Two blocks at once as long as there is nothing in them and two more follow.
                ulong second = Notable<TBlock>(ref first, at + IByteBlock<TBlock>.Length);
                while ((notable | second) == 0 && text.Length - at > 4 * IByteBlock<TBlock>.Length)
                {
                    at += 2 * IByteBlock<TBlock>.Length;
                    notable = Notable<TBlock>(ref first, at);
                    second = Notable<TBlock>(ref first, at + IByteBlock<TBlock>.Length);
                }

                // What is found in the second alone is gone on with from there.
                at += notable == 0 ? IByteBlock<TBlock>.Length : 0;
                notable = notable == 0 ? second : notable;
            }

            for (; notable != 0; notable &= notable - 1)
            {
                int place = at + BitOperations.TrailingZeroCount(notable);
                switch (text[place])
                {
                    case (byte)'k':
                        traits |= text[place..].StartsWith(RecordNeedles.KmsSource) ? RecordTraits.NamesKms : RecordTraits.None;
                        continue;
                    case (byte)'\\':
                        traits |= text[place + 1] == 'u' ? RecordTraits.EscapedCharacters : RecordTraits.None;
                        continue;
                    case (byte)'t' when text[place + 1] != 'V':
                        continue;
                    case (byte)'t' when IsBetweenRecords(text, place - LettersAt):
                        int end = place - LettersAt - 1;
                        if (traits != RecordTraits.None)
                        {
                            return new RecordLeap(passed, start, end - start, traits);
                        }

                        passed++;
                        start = end + 1;
                        continue;
                    case (byte)'t' when RecordNeedles.BracketBefore(text, place) <= start:
                        continue;
                    default:
                        // Something odd, or a record that begins where none should.
                        return new RecordLeap(passed, start, 0, traits);
                }
            }
        }

        return new RecordLeap(passed, start, 0, traits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Notable<TBlock>(ref byte first, int at)
        where TBlock : struct, IByteBlock<TBlock> =>
        TBlock.Load(ref Unsafe.Add(ref first, at)).Notable(TBlock.Load(ref Unsafe.Add(ref first, at + 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBetweenRecords(ReadOnlySpan<byte> text, int bracket) =>
        text[bracket - 1] == ',' && text[bracket - 2] == '}' && text[bracket..].StartsWith(RecordNeedles.RecordStart);
}
