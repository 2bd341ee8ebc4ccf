using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Json;

/// <summary>
/// The one JSON reader for policies, trail records and store files: RFC 8259 to the letter (no comments, single quotes,
/// trailing commas or duplicate names), with limits on size and depth. The order of properties is kept, and numbers are
/// written back as they were read. System.Text.Json reads, because it is strict and knows positions; Newtonsoft.Json
/// holds the document, because its model keeps order and can be edited.
/// </summary>
internal static class StrictJson
{
    /// <summary>How deep objects and arrays may nest.</summary>
    public const int MaxDepth = 64;

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    // Strict: an unpaired surrogate would otherwise be replaced silently.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads one JSON value.</summary>
    /// <param name="utf8">The text; a byte order mark at its start is passed over.</param>
    /// <param name="what">What the text is, to begin an error with, such as <c>The key policy</c>.</param>
    /// <param name="maxBytes">The size limit.</param>
    /// <param name="keepPositions">Whether each value is annotated with its <see cref="JsonPosition"/>, for errors about what the JSON means.</param>
    /// <exception cref="JsonSyntaxException">The text is not JSON.</exception>
    /// <exception cref="DataProtectionException"><c>JsonTooLarge</c>: the text is longer than <paramref name="maxBytes"/>.</exception>
    public static JToken Parse(ReadOnlySpan<byte> utf8, string what, int maxBytes, bool keepPositions = false)
    {
        if (utf8.Length > maxBytes)
        {
            throw TooLarge(what, utf8.Length, maxBytes);
        }

        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        // Utf8JsonReader itself looks at the encoding only when a string is asked for.
        int invalid = IndexOfInvalidUtf8(utf8);
        if (invalid >= 0)
        {
            throw Syntax(utf8, what, invalid, "the text is not UTF-8");
        }

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        JsonPosition? position = keepPositions ? JsonPosition.Start : null;
        try
        {
            reader.Read();
            JToken value = ReadValue(ref reader, utf8, what, ref position);
            reader.Read();
            return value;
        }
        catch (System.Text.Json.JsonException error)
        {
            int lineStart = LineStart(utf8, (int)(error.LineNumber ?? 0));
            int index = Math.Min(utf8.Length, lineStart + (int)(error.BytePositionInLine ?? 0));
            throw Syntax(utf8, what, index, Reason(error, utf8, index));
        }
        catch (InvalidOperationException)
        {
            // GetString refuses an escaped surrogate without its partner.
            throw Syntax(utf8, what, (int)reader.TokenStartIndex, "the string has an unpaired surrogate");
        }
    }

    /// <summary>Reads text that must be one JSON object.</summary>
    /// <inheritdoc cref="Parse"/>
    public static JObject ParseObject(ReadOnlySpan<byte> utf8, string what, int maxBytes, bool keepPositions = false) =>
        Parse(utf8, what, maxBytes, keepPositions) as JObject ?? throw new JsonSyntaxException(what, "an object is needed here", 1, 1);

    /// <inheritdoc cref="Parse"/>
    public static JObject ParseObject(string text, string what, int maxBytes, bool keepPositions = false) =>
        ParseObject(Encode(text, what, maxBytes), what, maxBytes, keepPositions);

    /// <summary>The bytes of a text, to be read as JSON.</summary>
    /// <inheritdoc cref="Parse" path="/exception"/>
    public static byte[] Encode(string text, string what, int maxBytes)
    {
        // A string of more characters than the limit has at least as many bytes.
        if (text.Length > maxBytes)
        {
            throw TooLarge(what, text.Length, maxBytes);
        }

        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException error)
        {
            throw Syntax(Encoding.UTF8.GetBytes(text[..error.Index]), what, Encoding.UTF8.GetByteCount(text.AsSpan(0, error.Index)), "the text has an unpaired surrogate");
        }
    }

    /// <summary>Writes a value: over several lines with an indent of two spaces, or on one line.</summary>
    public static string Write(JToken value, bool indented)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var writer = new JsonTextWriter(text) { Formatting = indented ? Formatting.Indented : Formatting.None })
        {
            value.WriteTo(writer);
        }

        return text.ToString();
    }

    private static JToken ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string what, ref JsonPosition? position)
    {
        position = position?.MoveTo(utf8, (int)reader.TokenStartIndex);
        JsonPosition? start = position;
        JToken value = ReadToken(ref reader, utf8, what, ref position);
        if (start is not null)
        {
            value.AddAnnotation(start);
        }

        return value;
    }

    private static JToken ReadToken(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string what, ref JsonPosition? position)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var properties = new JObject();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = reader.GetString()!;
                    if (properties.ContainsKey(name))
                    {
                        throw Syntax(utf8, what, (int)reader.TokenStartIndex, $"the property \"{name}\" stands twice in one object");
                    }

                    reader.Read();
                    properties.Add(name, ReadValue(ref reader, utf8, what, ref position));
                }

                return properties;
            case JsonTokenType.StartArray:
                var items = new JArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadValue(ref reader, utf8, what, ref position));
                }

                return items;
            case JsonTokenType.String:
                return new JValue(reader.GetString());
            case JsonTokenType.True:
                return new JValue(true);
            case JsonTokenType.False:
                return new JValue(false);
            case JsonTokenType.Null:
                return JValue.CreateNull();
            default:
                string digits = Encoding.ASCII.GetString(reader.ValueSpan);
                return reader.TryGetInt64(out long number) && number.ToString(CultureInfo.InvariantCulture) == digits
                    ? new JValue(number)
                    : new JRaw(digits);
        }
    }

    private static int IndexOfInvalidUtf8(ReadOnlySpan<byte> utf8)
    {
        if (Utf8.IsValid(utf8))
        {
            return -1;
        }

        int index = 0;
        while (Rune.DecodeFromUtf8(utf8[index..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            index += length;
        }

        return index;
    }

    // What the reader says of the mistakes that people make is about its own options, so the text itself tells here.
    private static string Reason(System.Text.Json.JsonException error, ReadOnlySpan<byte> utf8, int index)
    {
        ReadOnlySpan<byte> before = utf8[..index].TrimEnd(WhiteSpace);
        ReadOnlySpan<byte> rest = utf8[index..];
        ReadOnlySpan<byte> after = rest.TrimStart(WhiteSpace);
        return before.IsEmpty && after.IsEmpty ? "the text is empty"
            : after.IsEmpty || after.SequenceEqual(","u8) ? "the text ends too early; a bracket, a quote or a value is missing at its end"
            : rest.StartsWith("//"u8) || rest.StartsWith("/*"u8) ? "comments are not allowed"
            : rest[0] is (byte)'}' or (byte)']' && before.EndsWith(","u8) ? "a comma stands after the last item; take it out"
            : rest[0] == '\'' && !before.EndsWith("\\"u8) ? "a single quote begins no name and no string; use double quotes"
            : rest[0] < ' ' ? "a line break, tab or other control character stands in a string; write it as \\n, \\t or \\u00XX"
            : error.Message.Contains("depth", StringComparison.Ordinal) ? $"objects and arrays nest deeper than {MaxDepth}"
            : error.Message.Contains("start of a property name", StringComparison.Ordinal) ? "the name of a property, in double quotes, is needed here"
            : MessageOf(error);
    }

    // The reader's messages end with the place, which stands in ours already.
    private static string MessageOf(System.Text.Json.JsonException error)
    {
        int place = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? error.Message : error.Message[..place]).TrimEnd('.');
    }

    private static int LineStart(ReadOnlySpan<byte> utf8, int line)
    {
        int start = 0;
        for (; line > 0; line--)
        {
            start += utf8[start..].IndexOf((byte)'\n') + 1;
        }

        return start;
    }

    private static JsonSyntaxException Syntax(ReadOnlySpan<byte> utf8, string what, int index, string reason)
    {
        JsonPosition position = JsonPosition.Start.MoveTo(utf8, index);
        return new JsonSyntaxException(what, reason, position.Line, position.Column);
    }

    private static DataProtectionException TooLarge(string what, int length, int maxBytes) =>
        new("JsonTooLarge", FailureKind.LimitExceeded, $"{what} has at least {length} bytes; the limit is {maxBytes}.");
}
