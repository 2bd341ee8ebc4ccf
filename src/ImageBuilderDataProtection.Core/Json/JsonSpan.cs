using System.Text.Json;

namespace ImageBuilderDataProtection.Json;

/// <summary>
/// Where a value stands in a JSON text, in bytes of UTF-8, and where the values in it do, so that a text can be changed in one
/// place and stay as it was in all others.
/// </summary>
internal sealed class JsonSpan
{
    private readonly List<string> _names = [];
    private readonly List<JsonSpan> _items = [];

    private JsonSpan(int start, JsonTokenType kind)
    {
        Start = start;
        Kind = kind;
    }

    /// <summary>The first byte.</summary>
    public int Start { get; }

    /// <summary>The byte after the last.</summary>
    public int End { get; private set; }

    /// <summary>The value's first token; of a list or object the one that starts it.</summary>
    public JsonTokenType Kind { get; }

    /// <summary>The items of a list, or the values of an object's properties; none in any other value.</summary>
    public IReadOnlyList<JsonSpan> Items => _items;

    /// <summary>The value of an object's property; null when there is none.</summary>
    public JsonSpan? this[string name] => _names.IndexOf(name) is >= 0 and int index ? _items[index] : null;

    /// <summary>Reads a text that <see cref="StrictJson"/> has read already, so nothing in it is refused any more.</summary>
    public static JsonSpan Read(ReadOnlySpan<byte> utf8)
    {
        int skipped = utf8.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(utf8[skipped..], new JsonReaderOptions { MaxDepth = StrictJson.MaxDepth });
        reader.Read();
        return ReadValue(ref reader, skipped);
    }

    private static JsonSpan ReadValue(ref Utf8JsonReader reader, int skipped)
    {
        var span = new JsonSpan(skipped + (int)reader.TokenStartIndex, reader.TokenType);
        if (span.Kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                if (span.Kind == JsonTokenType.StartObject)
                {
                    span._names.Add(reader.GetString()!);
                    reader.Read();
                }

                span._items.Add(ReadValue(ref reader, skipped));
            }
        }

        span.End = skipped + (int)reader.BytesConsumed;
        return span;
    }
}
