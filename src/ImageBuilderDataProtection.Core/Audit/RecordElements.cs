using System.Globalization;
using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Reads what stands inside an element of a CloudTrail record as plain values. What has not the shape that it should have is taken
/// for missing: one odd element is no reason to lose a record.
/// </summary>
internal static class RecordElements
{
    /// <summary>An object element; null when it is missing or something else.</summary>
    public static JsonElement? Child(this JsonElement parent, string name) =>
        parent.Element(name) is { ValueKind: JsonValueKind.Object } child ? child : null;

    /// <summary>A text element; null when it is missing or something else.</summary>
    public static string? Text(this JsonElement parent, string name) =>
        parent.Element(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A truth element, which CloudTrail writes as a truth or as a text; null when it is missing or something else.</summary>
    public static bool? Truth(this JsonElement parent, string name) => parent.Element(name)?.ToTruth();

    /// <inheritdoc cref="Truth"/>
    public static bool? ToTruth(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(value.GetString(), out bool truth) => truth,
        _ => null,
    };

    /// <summary>A time element as UTC; null when it is missing or no time.</summary>
    public static DateTime? Time(this JsonElement parent, string name) => JsonElements.ToTime(parent.Text(name));

    /// <summary>The pairs of an object such as an encryption context, which are texts; others are left out.</summary>
    public static IReadOnlyDictionary<string, string> ToTexts(this JsonElement pairs) =>
        new RecordPairs<string>(pairs.EnumerateObject().Where(static pair => pair.Value.ValueKind == JsonValueKind.String)
            .ToDictionary(static pair => pair.Name, static pair => pair.Value.GetString()!, StringComparer.Ordinal));

    /// <summary>
    /// An object with plain values: texts, truths, whole numbers as <see cref="long"/>, others as <see cref="decimal"/> or, beyond it, as
    /// text. Names in it are found whatever their case.
    /// </summary>
    public static IReadOnlyDictionary<string, object?> ToValues(this JsonElement values) =>
        new RecordPairs<object?>(new RecordNames(values.EnumerateObject().Select(static value => KeyValuePair.Create(value.Name, ToValue(value)))));

    /// <summary>A value that stands under just this name, as a plain value; null when it is missing.</summary>
    public static object? Value(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object ? parent.EnumerateObject().Where(value => value.NameEquals(name)).Select(ToValue).FirstOrDefault() : null;

    private static JsonElement? Element(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement element) ? element : null;

    // To KMS, the case of an encryption context's names counts.
    private static object? ToValue(JsonProperty value) => value.Value.ValueKind == JsonValueKind.Object && value.Name.Contains("encryptionContext", StringComparison.OrdinalIgnoreCase)
        ? new RecordPairs<object?>(value.Value.EnumerateObject().ToDictionary(static pair => pair.Name, ToValue, StringComparer.Ordinal))
        : ToValue(value.Value);

    private static object? ToValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.ToValues(),
        JsonValueKind.Array => value.EnumerateArray().Select(ToValue).ToArray(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => ToNumber(value.GetRawText()),
        _ => null,
    };

    // A number that would be written in another way than it was is kept exactly.
    private static object ToNumber(string digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number.ToString(CultureInfo.InvariantCulture) == digits ? number
        : decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact) ? exact
        : digits;
}
