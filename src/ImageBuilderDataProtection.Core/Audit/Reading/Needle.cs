using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>ASCII text that is looked for in bytes.</summary>
internal sealed class Needle
{
    // Letters and signs of CloudTrail records, the rarest first; what is not among them is rarer still.
    private const string Rarity = "qjzxyvgbhfpkwm6798/5d4320u1l._ocr-insta:e";

    private readonly byte[] _bytes;
    private readonly bool _ignoreCase;
    private readonly int _one;
    private readonly int _other;

    /// <param name="text">The text, not empty.</param>
    /// <param name="ignoreCase">Whether upper and lower case are the same.</param>
    public Needle(string text, bool ignoreCase)
    {
        _bytes = Encoding.ASCII.GetBytes(text);
        _ignoreCase = ignoreCase;
        int[] places = [.. Enumerable.Range(0, text.Length).OrderBy(place => Rarity.IndexOf(char.ToLowerInvariant(text[place]), StringComparison.Ordinal))];
        (_one, _other) = (places[0], places[^1] == places[0] ? places[0] : places[1]);
    }

    /// <summary>The characters that it is found by.</summary>
    public IEnumerable<char> Characters =>
        _bytes.Select(static value => (char)value).SelectMany(value => _ignoreCase ? [char.ToLowerInvariant(value), char.ToUpperInvariant(value)] : new[] { value });

    /// <summary>Whether it stands in the text.</summary>
    public bool IsIn(ReadOnlySpan<byte> text) => _ignoreCase ? IsInWhateverCase(text) : text.IndexOf(_bytes) >= 0;

    // Its two rarest bytes are looked for side by side, in many places at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool IsInWhateverCase(ReadOnlySpan<byte> text)
    {
        Vector256<byte> caseBit = Vector256.Create((byte)0x20);
        Vector256<byte> one = Vector256.Create((byte)(_bytes[_one] | 0x20));
        Vector256<byte> other = Vector256.Create((byte)(_bytes[_other] | 0x20));
        int at = 0;
        for (; text.Length - at >= _bytes.Length - 1 + Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            Vector256<byte> both = Vector256.Equals(Vector256.Create(text[(at + _one)..]) | caseBit, one)
                & Vector256.Equals(Vector256.Create(text[(at + _other)..]) | caseBit, other);
            for (uint places = both.ExtractMostSignificantBits(); places != 0; places &= places - 1)
            {
                if (StandsAt(text, at + BitOperations.TrailingZeroCount(places)))
                {
                    return true;
                }
            }
        }

        for (; text.Length - at >= _bytes.Length; at++)
        {
            if (StandsAt(text, at))
            {
                return true;
            }
        }

        return false;
    }

    private bool StandsAt(ReadOnlySpan<byte> text, int at) => Ascii.EqualsIgnoreCase(text.Slice(at, _bytes.Length), _bytes);
}
