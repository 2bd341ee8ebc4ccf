using System.Text;

namespace ImageBuilderDataProtection.Json;

/// <summary>A place in a text, as a person finds it: line and character, counted from 1.</summary>
internal sealed record JsonPosition
{
    private readonly int _index;
    private readonly int _lineStart;

    private JsonPosition(int index, int lineStart, int line, int column)
    {
        _index = index;
        _lineStart = lineStart;
        Line = line;
        Column = column;
    }

    public static JsonPosition Start { get; } = new(0, 0, 1, 1);

    public int Line { get; }

    public int Column { get; }

    /// <summary>A later place in the same text. Counting goes on from here, so that a walk through the text is linear in its length.</summary>
    public JsonPosition MoveTo(ReadOnlySpan<byte> utf8, int index)
    {
        ReadOnlySpan<byte> between = utf8[_index..index];
        int newLine = between.LastIndexOf((byte)'\n');
        int lineStart = newLine < 0 ? _lineStart : _index + newLine + 1;
        int column = newLine < 0
            ? Column + Encoding.UTF8.GetCharCount(between)
            : Encoding.UTF8.GetCharCount(utf8[lineStart..index]) + 1;
        return new JsonPosition(index, lineStart, Line + between.Count((byte)'\n'), column);
    }
}
