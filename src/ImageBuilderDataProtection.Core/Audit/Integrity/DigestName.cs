using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>What the name of a digest file tells, as CloudTrail makes it ("CloudTrail digest file structure" in the CloudTrail User Guide).</summary>
/// <param name="Name">The path in its store, with slashes.</param>
/// <param name="Chain">What the digest files of one chain have in common: the folder without the date, the account, regions and trail.</param>
/// <param name="Folder">The path up to <c>CloudTrail-Digest/{region}</c>; null when that is above the store's root.</param>
/// <param name="End">The end of the time that it covers, UTC.</param>
/// <param name="IsBackfill">Whether it names what other digest files should have named: log files that were late.</param>
internal sealed partial record DigestName(string Name, string Chain, string? Folder, DateTime End, bool IsBackfill)
{
    /// <summary>The region of the log files that it names.</summary>
    public string Region { get; private init; } = "";

    /// <summary>The chain of the digest files of the same trail that are no backfill.</summary>
    public string OrdinaryChain => Chain[..(Chain.LastIndexOf('/') + 1)];

    /// <summary>The folder that digest files stand under.</summary>
    public const string FolderName = "CloudTrail-Digest";

    /// <summary>How the name of the file ends that holds a digest file's signature.</summary>
    public const string SignatureSuffix = ".metadata.json";

    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Whether a file of this name is a digest file, or holds the signature of one, and so has no records.</summary>
    public static bool IsDigest(string fileName) => Pattern().IsMatch(Unsigned(fileName));

    /// <summary>The name of a digest file without the ending of its signature's file, if it has that.</summary>
    public static string Unsigned(string name) => name.EndsWith(SignatureSuffix, StringComparison.Ordinal) ? name[..^SignatureSuffix.Length] : name;

    /// <summary>Reads a path; null when it is no digest file's, or in the folder of another region than its name says.</summary>
    public static DigestName? TryParse(string name)
    {
        string[] segments = name.Split('/');
        if (Pattern().Match(segments[^1]) is not { Success: true } match || NameTime.TryParse(match.Groups["time"].Value, TimeFormat) is not { } end)
        {
            return null;
        }

        string region = match.Groups["trail"].Value.Split('_')[2];
        if (PathRegions.In(segments).Any(other => other != region))
        {
            return null;
        }

        // Year, month and day.
        int folders = segments.Length - 1;
        for (int i = 0; i < 3 && folders > 0 && segments[folders - 1].All(char.IsAsciiDigit); i++)
        {
            folders--;
        }

        bool isBackfill = match.Groups["backfill"].Success;
        return new DigestName(
            name,
            string.Join('/', [.. segments[..folders], match.Groups["trail"].Value, isBackfill ? "backfill" : ""]),
            folders >= 2 && segments[folders - 2] == FolderName ? string.Join('/', segments[..folders]) : null,
            end,
            isBackfill) { Region = region };
    }

    /// <summary>The key of a digest file.</summary>
    public static string Make(string account, string region, string trail, DateTime end) => string.Create(
        CultureInfo.InvariantCulture,
        $"AWSLogs/{account}/{FolderName}/{region}/{end.Year:0000}/{end.Month:00}/{end.Day:00}/{account}_{FolderName}_{region}_{trail}_{region}_{end.ToString(TimeFormat, CultureInfo.InvariantCulture)}.json.gz");

    [GeneratedRegex(@"\A(?<trail>[0-9]{12}_CloudTrail-Digest_.+)_(?<time>[0-9]{8}T[0-9]{6}Z)(?<backfill>_backfill)?\.json\.gz\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
