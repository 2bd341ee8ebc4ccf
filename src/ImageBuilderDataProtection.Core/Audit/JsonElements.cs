using System.Globalization;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit;

/// <summary>Reads the elements of a JSON object of CloudTrail's as plain values.</summary>
internal static class JsonElements
{
    /// <summary>How CloudTrail writes a time.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    // CloudTrail writes the start of a session so, too ("CloudTrail userIdentity element").
    private const string BasicTimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private const DateTimeStyles Utc = DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal;

    /// <summary>A text element; null when it is missing or something else.</summary>
    public static string? Text(this JObject parent, string name) =>
        parent[name] is JValue { Type: JTokenType.String } text ? (string?)text : null;

    /// <summary>A time element as UTC; null when it is missing or no time.</summary>
    public static DateTime? Time(this JObject parent, string name) =>
        ToTime(parent.Text(name));

    /// <summary>A time as UTC, in which one that does not say otherwise is; null when the text is none.</summary>
    public static DateTime? ToTime(string? text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, Utc, out DateTime time)
        || DateTime.TryParseExact(text, BasicTimeFormat, CultureInfo.InvariantCulture, Utc, out time)
            ? time
            : null;
}
