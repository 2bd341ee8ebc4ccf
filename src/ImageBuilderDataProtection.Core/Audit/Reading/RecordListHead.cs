using System.Buffers;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// What stands in an object before its list of records: the list's name, which is <c>Records</c>, <c>Events</c> (LookupEvents) or
/// <c>QueryResultRows</c> (CloudTrail Lake), and other elements.
/// </summary>
internal static class RecordListHead
{
    private static readonly SearchValues<byte> StatusLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"u8);

    private static ReadOnlySpan<byte> RecordsName => "\"Records\""u8;

    private static ReadOnlySpan<byte> EventsName => "\"Events\""u8;

    private static ReadOnlySpan<byte> RowsName => "\"QueryResultRows\""u8;

    private static ReadOnlySpan<byte> StatusName => "\"QueryStatus\""u8;

    private static ReadOnlySpan<byte> Finished => "FINISHED\""u8;

    /// <summary>Whether a text that ends with an array's bracket is such a head.</summary>
    public static bool Is(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> before = text[..^1].TrimEnd(" \t\r\n"u8);
        before = before is [.., (byte)':'] ? before[..^1].TrimEnd(" \t\r\n"u8) : default;
        return before.EndsWith(RecordsName) || before.EndsWith(EventsName) || before.EndsWith(RowsName);
    }

    /// <summary>
    /// The status of a query that runs or has failed, whose answer has some of the rows, or none ("GetQueryResults" in the AWS
    /// CloudTrail API Reference); the status stands before them. Null when there is none, or the query has finished.
    /// </summary>
    public static string? UnfinishedStatus(ReadOnlySpan<byte> head)
    {
        int place = head.IndexOf(StatusName);
        ReadOnlySpan<byte> value = place < 0 ? default : head[(place + StatusName.Length)..].TrimStart(" \t\r\n:\""u8);
        int length = Math.Max(0, value.IndexOfAnyExcept(StatusLetters));
        return length == 0 || value[length] != '"' || value.StartsWith(Finished) ? null : Encoding.UTF8.GetString(value[..length]);
    }
}
