using System.Buffers;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// What stands in an object around its list of records: before it the list's name, which is <c>Records</c>, <c>Events</c>
/// (LookupEvents) or <c>QueryResultRows</c> (CloudTrail Lake), and before and after it other elements, in any order.
/// </summary>
internal static class RecordListEnvelope
{
    private static readonly SearchValues<byte> StatusLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"u8);

    private static ReadOnlySpan<byte> RecordsName => "\"Records\""u8;

    private static ReadOnlySpan<byte> EventsName => "\"Events\""u8;

    private static ReadOnlySpan<byte> RowsName => "\"QueryResultRows\""u8;

    private static ReadOnlySpan<byte> StatusName => "\"QueryStatus\""u8;

    private static ReadOnlySpan<byte> TokenName => "\"NextToken\""u8;

    private static ReadOnlySpan<byte> Finished => "FINISHED\""u8;

    /// <summary>Whether the array that begins at the end of a text is the list.</summary>
    public static bool BeginsList(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> before = text[..^1].TrimEnd(" \t\r\n"u8);
        before = before is [.., (byte)':'] ? before[..^1].TrimEnd(" \t\r\n"u8) : default;
        return before.EndsWith(RecordsName) || before.EndsWith(EventsName) || before.EndsWith(RowsName);
    }

    /// <summary>
    /// The status of a query that runs or has failed, whose answer has some of the rows, or none ("GetQueryResults" in the AWS
    /// CloudTrail API Reference). Null when there is none, or the query has finished.
    /// </summary>
    /// <param name="part">What stands before the list, or after it.</param>
    public static string? UnfinishedStatus(ReadOnlySpan<byte> part)
    {
        ReadOnlySpan<byte> value = TextOf(StatusName, part);
        int length = Math.Max(0, value.IndexOfAnyExcept(StatusLetters));
        return length == 0 || value[length] != '"' || value.StartsWith(Finished) ? null : Encoding.UTF8.GetString(value[..length]);
    }

    /// <summary>Whether it is a page of an answer, with more pages after it.</summary>
    /// <inheritdoc cref="UnfinishedStatus"/>
    public static bool HasNextToken(ReadOnlySpan<byte> part) => TextOf(TokenName, part) is [not (byte)'"', ..];

    // What follows a name's quote; empty for a value that is no text.
    private static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> part)
    {
        int place = part.IndexOf(name);
        ReadOnlySpan<byte> value = place < 0 ? default : part[(place + name.Length)..].TrimStart(" \t\r\n:"u8);
        return value is [(byte)'"', .. var text] ? text : default;
    }
}
