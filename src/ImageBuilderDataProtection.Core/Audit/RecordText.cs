using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>Where a text stands in the bytes of a record, without its quotes.</summary>
/// <param name="Start">The first byte; 0, where no text can stand, when there is none.</param>
/// <param name="Length">How many bytes it has, escapes as they are written.</param>
internal readonly record struct RecordText(int Start, int Length)
{
    // The same regions, operations, callers, keys and workflows stand in most records of an account.
    private static readonly Utf8TextPool Pool = new();

    /// <summary>The text in bytes that begin so many bytes later than those that it was found in.</summary>
    public RecordText After(int bytes) => Start == 0 ? this : this with { Start = Start - bytes };

    /// <summary>Its bytes, escapes as they are written.</summary>
    public ReadOnlySpan<byte> Raw(ReadOnlySpan<byte> utf8) => utf8.Slice(Start, Length);

    /// <summary>The text; null when there is none.</summary>
    public string? Read(ReadOnlySpan<byte> utf8)
    {
        if (Start == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> raw = Raw(utf8);
        if (!raw.Contains((byte)'\\'))
        {
            return Pool.Get(raw);
        }

        var reader = new Utf8JsonReader(utf8.Slice(Start - 1, Length + 2));
        reader.Read();
        return reader.GetString();
    }

    /// <summary>Likewise, for a text that no other record has.</summary>
    public string? ReadUnique(ReadOnlySpan<byte> utf8) =>
        Start == 0 || Raw(utf8).Contains((byte)'\\') ? Read(utf8) : System.Text.Encoding.UTF8.GetString(Raw(utf8));
}
