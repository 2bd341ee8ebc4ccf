using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>The times in the names of CloudTrail's files.</summary>
internal static class NameTime
{
    // CloudTrail is of 2013. The other end leaves room for what is reckoned from a name.
    private const int FirstYear = 2013;
    private const int LastYear = 9998;

    /// <summary>Reads a time, UTC; null for one that no name of CloudTrail's has.</summary>
    public static DateTime? TryParse(string text, string format) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime time)
        && time.Year is >= FirstYear and <= LastYear
            ? time
            : null;
}
