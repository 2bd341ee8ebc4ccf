using System.Runtime.Intrinsics;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>ASCII text that is looked for in bytes.</summary>
internal sealed class Needle
{
    private readonly byte[] _bytes;
    private readonly bool _ignoreCase;

    /// <param name="text">The text, not empty.</param>
    /// <param name="ignoreCase">Whether upper and lower case are the same.</param>
    public Needle(string text, bool ignoreCase)
    {
        _bytes = Encoding.ASCII.GetBytes(text);
        _ignoreCase = ignoreCase;
    }

    /// <summary>The characters that it is found by.</summary>
    public IEnumerable<char> Characters =>
        _bytes.Select(static value => (char)value).SelectMany(value => _ignoreCase ? [char.ToLowerInvariant(value), char.ToUpperInvariant(value)] : new[] { value });

    /// <summary>Whether it stands in the text.</summary>
    public bool IsIn(ReadOnlySpan<byte> text) => _ignoreCase ? IsInWhateverCase(text) : text.IndexOf(_bytes) >= 0;

    // Its first and last byte are looked for side by side, in many places at once.
    private bool IsInWhateverCase(ReadOnlySpan<byte> text)
    {
        Vector256<byte> caseBit = Vector256.Create((byte)0x20);
        Vector256<byte> first = Vector256.Create((byte)(_bytes[0] | 0x20));
        Vector256<byte> last = Vector256.Create((byte)(_bytes[^1] | 0x20));
        int at = 0;
        for (; text.Length - at >= _bytes.Length - 1 + Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            Vector256<byte> both = Vector256.Equals(Vector256.Create(text[at..]) | caseBit, first)
                & Vector256.Equals(Vector256.Create(text[(at + _bytes.Length - 1)..]) | caseBit, last);
            for (uint places = both.ExtractMostSignificantBits(); places != 0; places &= places - 1)
            {
                if (StandsAt(text, at + System.Numerics.BitOperations.TrailingZeroCount(places)))
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
