using System.Text;
using System.Text.Json;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Takes a record out of what it stands in, where that is a string inside JSON: an event of LookupEvents has it in
/// <c>CloudTrailEvent</c>, a row of a CloudTrail Lake query in the column <c>eventJson</c> ("LookupEvents" and "GetQueryResults"
/// in the AWS CloudTrail API Reference). Of what such an answer holds, <c>aws --query</c> leaves the text alone, or rows of texts.
/// </summary>
internal static class RecordForm
{
    /// <summary>The column of CloudTrail Lake that holds a record.</summary>
    public const string LakeColumn = "eventJson";

    /// <summary>The error of a row or a text that holds no record. Where one does not, mostly all do not.</summary>
    public const string HoldsNoRecord = "HoldsNoRecord";

    private const string LookupElement = "CloudTrailEvent";

    /// <summary>The bytes of the record itself.</summary>
    /// <param name="element">What stands in the list of records: a record, or what holds one.</param>
    /// <exception cref="DataProtectionException"><c>HoldsNoRecord</c>: a row without the column, or a text that is no object.</exception>
    public static ReadOnlyMemory<byte> Unwrap(ReadOnlyMemory<byte> element)
    {
        bool mayHoldText = element.Span[0] != '{' || element.Span.IndexOf("\"CloudTrailEvent\""u8) >= 0 || element.Span.IndexOf("\"eventJson\""u8) >= 0;
        if (!mayHoldText)
        {
            return element;
        }

        try
        {
            return FindText(element.Span) is { } text ? Encoding.UTF8.GetBytes(text)
                : element.Span[0] == '{' ? element
                : throw new DataProtectionException(
                    HoldsNoRecord,
                    FailureKind.InvalidData,
                    element.Span[0] == '[' ? $"the row has no column {LakeColumn}, which holds the record; select it in the query." : "it is a text and no record.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader of records says what is wrong.
            return element;
        }
    }

    private static string? FindText(ReadOnlySpan<byte> element)
    {
        int depth = element[0] == '[' ? 1 : 0;
        var reader = new Utf8JsonReader(element, new JsonReaderOptions { MaxDepth = RecordOutline.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && reader.CurrentDepth == depth && reader.GetString() is ['{', ..] alone)
            {
                return alone;
            }

            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth + 1)
            {
                bool isRecord = reader.ValueTextEquals(LookupElement) || reader.GetString()!.Equals(LakeColumn, StringComparison.OrdinalIgnoreCase);
                reader.Read();
                if (isRecord && reader.TokenType == JsonTokenType.String)
                {
                    return reader.GetString();
                }

                reader.Skip();
            }
        }

        return null;
    }
}
