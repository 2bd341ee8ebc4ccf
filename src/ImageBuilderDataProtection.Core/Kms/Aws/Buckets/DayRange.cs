using System.Globalization;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>A stretch of days, both ends included, as CloudTrail's layout has them: <c>{year}/{month}/{day}/</c>.</summary>
/// <param name="First">The first day; null for any.</param>
/// <param name="Last">The last day; null for any.</param>
internal readonly record struct DayRange(DateTime? First, DateTime? Last)
{
    /// <summary>The folders of year, month or day that the first and the last day have in common, with a slash at the end; else empty.</summary>
    public string CommonFolder()
    {
        if (First is not { } first || Last is not { } last || first.Year != last.Year)
        {
            return "";
        }

        return FolderOf(first)[..(first.Date == last.Date ? 11 : first.Month == last.Month ? 8 : 5)];
    }

    /// <summary>The folder of a day, with a slash at its end.</summary>
    public static string FolderOf(DateTime day) => day.ToString("yyyy'/'MM'/'dd'/'", CultureInfo.InvariantCulture);
}
