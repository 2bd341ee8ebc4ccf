using System.Text;
using System.Text.Json;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// Takes a record out of what it stands in, where that is a string inside JSON: an event of LookupEvents has it in
/// <c>CloudTrailEvent</c>, a row of a CloudTrail Lake query in the column <c>eventJson</c> ("LookupEvents" and "GetQueryResults"
/// in the AWS CloudTrail API Reference).
/// </summary>
internal static class RecordForm
{
    private const string LakeColumn = "eventJson";
    private const string LookupElement = "CloudTrailEvent";

    /// <summary>The bytes of the record itself.</summary>
    /// <param name="element">What stands in the list of records: a record, or what holds one.</param>
    /// <exception cref="DataProtectionException"><c>InvalidAuditRecord</c>: a row without the column.</exception>
    public static ReadOnlyMemory<byte> Unwrap(ReadOnlyMemory<byte> element)
    {
        bool isRow = element.Span is [(byte)'[', ..];
        if (!isRow && element.Span.IndexOf("\"CloudTrailEvent\""u8) < 0 && element.Span.IndexOf("\"eventJson\""u8) < 0)
        {
            return element;
        }

        try
        {
            return FindText(element.Span, isRow ? 2 : 1) is { } text ? Encoding.UTF8.GetBytes(text)
                : !isRow ? element
                : throw new DataProtectionException(
                    "InvalidAuditRecord", FailureKind.InvalidData, $"the row has no column {LakeColumn}, which holds the record; select it in the query.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader of records says what is wrong.
            return element;
        }
    }

    private static string? FindText(ReadOnlySpan<byte> element, int depth)
    {
        var reader = new Utf8JsonReader(element, new JsonReaderOptions { MaxDepth = RecordOutline.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth)
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
