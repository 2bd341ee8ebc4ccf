using System.Globalization;

namespace ImageBuilderDataProtection.Policies;

/// <summary>Reads the numbers and dates of conditions, of policies and requests alike.</summary>
internal static class ConditionLiterals
{
    // The profiles of ISO 8601 in https://www.w3.org/TR/NOTE-datetime, which "Date condition operators" in the IAM User Guide
    // names. A year alone is not among ours: its four digits are epoch time as well, and which is meant cannot be told.
    private static readonly string[] DateFormats =
    [
        "yyyy-MM", "yyyy-MM-dd",
        .. from time in (string[])["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"]
           from zone in (string[])["'Z'", "zzz"]
           select $"yyyy-MM-dd'T'{time}{zone}",
    ];

    /// <summary>An integer or a decimal number; null when the text is none.</summary>
    public static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : null;

    /// <summary>A date, or the seconds since 1970; null when the text is neither.</summary>
    public static DateTimeOffset? Date(string text)
    {
        if (text.Length > 4 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds))
        {
            return seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }

        return DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset date)
            ? date
            : null;
    }

    /// <summary>The bytes of a base64 text; null when it is none.</summary>
    public static byte[]? Binary(string text)
    {
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) ? bytes[..length] : null;
    }
}
