using System.Collections.ObjectModel;
using System.Globalization;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit;

/// <summary>Reads the elements of a CloudTrail record as plain values.</summary>
internal static class JsonElements
{
    /// <summary>How CloudTrail writes a time.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>A text element; null when it is missing or something else.</summary>
    public static string? Text(this JObject parent, string name) =>
        parent[name] is JValue { Type: JTokenType.String } text ? (string?)text : null;

    /// <summary>A truth element; null when it is missing or something else.</summary>
    public static bool? Truth(this JObject parent, string name) =>
        parent[name] is JValue { Type: JTokenType.Boolean } truth ? (bool?)truth : null;

    /// <summary>A time element as UTC; null when it is missing or no time.</summary>
    public static DateTime? Time(this JObject parent, string name) =>
        DateTime.TryParse(
            parent.Text(name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out DateTime time)
            ? time
            : null;

    /// <summary>An object of texts, as an encryption context is; null when it is missing or something else.</summary>
    public static ReadOnlyDictionary<string, string>? Texts(this JObject parent, string name) =>
        parent[name] is JObject pairs
            ? new ReadOnlyDictionary<string, string>(
                pairs.Properties().ToDictionary(static pair => pair.Name, static pair => pair.Value.ToString(), StringComparer.Ordinal))
            : null;

    /// <summary>An object element with plain values; null when it is missing or something else.</summary>
    public static ReadOnlyDictionary<string, object?>? Values(this JObject parent, string name) =>
        parent[name] is JObject values ? Plain(values) : null;

    private static ReadOnlyDictionary<string, object?> Plain(JObject values) =>
        new(values.Properties().ToDictionary(static value => value.Name, static value => Plain(value.Value), StringComparer.Ordinal));

    private static object? Plain(JToken value) => value switch
    {
        JObject nested => Plain(nested),
        JArray items => items.Select(Plain).ToArray(),
        JRaw number => decimal.TryParse(number.ToString(CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact)
            ? exact
            : number.ToString(CultureInfo.InvariantCulture),
        _ => ((JValue)value).Value,
    };
}
