using System.Runtime.InteropServices;
using System.Text;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Gives the same string for the same bytes while it remembers it, so that a million records share the few texts that they
/// have in common. It remembers one text a slot, the last one, and so never holds more than <see cref="Slots"/> texts of
/// <see cref="MaxLength"/> characters. Safe to be used by several threads at once.
/// </summary>
internal sealed class Utf8TextPool
{
    /// <summary>How many texts are remembered at most; a power of two.</summary>
    private const int Slots = 4096;

    /// <summary>A longer text is mostly one of a kind, and is not remembered.</summary>
    private const int MaxLength = 256;

    // A slot is read and written as a whole, so a thread sees one text or another and compares it before it is used.
    private readonly string?[] _texts = new string?[Slots];

    /// <summary>The text of valid UTF-8.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref string? slot = ref _texts[SlotOf(utf8)];
        string? known = slot;
        if (known is not null && Ascii.Equals(utf8, known))
        {
            return known;
        }

        return slot = Encoding.UTF8.GetString(utf8);
    }

    // Texts that fall into one slot cost time and nothing else, so the hash need not be a secret one.
    private static int SlotOf(ReadOnlySpan<byte> utf8)
    {
        const ulong Factor = 0x9E3779B97F4A7C15;
        ulong hash = (ulong)utf8.Length;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(utf8);
        foreach (ulong word in words)
        {
            hash = (ulong.RotateLeft(hash, 23) ^ word) * Factor;
        }

        foreach (byte value in utf8[(words.Length * sizeof(ulong))..])
        {
            hash = (ulong.RotateLeft(hash, 5) ^ value) * Factor;
        }

        return (int)(hash >> 52);
    }
}
