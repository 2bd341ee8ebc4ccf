namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// Where in CloudTrail's layout a prefix stands ("Finding your CloudTrail log files" in the CloudTrail User Guide):
/// <c>AWSLogs/{account}/CloudTrail/{region}/{year}/{month}/{day}/</c>, of an organization's trail
/// <c>AWSLogs/{organization}/{account}/…</c>, both under any prefix.
/// </summary>
/// <param name="Value">The prefix, with a slash at its end; empty for the bucket.</param>
/// <param name="Level">What stands directly under it.</param>
internal sealed record LogPrefix(string Value, LogLevel Level)
{
    private const string Logs = "AWSLogs";
    private const string Trail = "CloudTrail";

    /// <summary>The region, where it is below one; else null.</summary>
    public string? Region { get; private init; }

    /// <summary>The prefix of the region, where it is below one; else empty.</summary>
    public string RegionPrefix { get; private init; } = "";

    /// <summary>The prefix of an account's log files.</summary>
    public LogPrefix OfTrail => Parse(Value + Trail + "/");

    /// <summary>Reads a prefix.</summary>
    public static LogPrefix Parse(string prefix)
    {
        string[] folders = prefix.Split('/')[..^1];
        int root = Array.FindLastIndex(folders, static folder => folder is Logs or Trail);
        if (root < 0)
        {
            return new LogPrefix(prefix, LogLevel.Unknown);
        }

        string[] below = folders[(root + 1)..];
        return folders[root] == Logs
            ? new LogPrefix(prefix, LevelBelowLogs(below))
            : below is [var region, ..] && AwsRegions.IsRegion(region) && below.Skip(1).All(static folder => folder.All(char.IsAsciiDigit))
                ? new LogPrefix(prefix, LogLevel.Days) { Region = region, RegionPrefix = string.Concat(folders[..(root + 2)].Select(static folder => folder + "/")) }
                : new LogPrefix(prefix, below.Length == 0 && root > 0 && IsAccount(folders[root - 1]) ? LogLevel.Regions : LogLevel.Unknown);
    }

    /// <summary>The prefix of a region, or of anything else that stands under this one.</summary>
    public LogPrefix Below(string folder) => Parse($"{Value}{folder}/");

    /// <summary>Whether what stands under this prefix can have log files in it: other services deliver under AWSLogs, too, and CloudTrail its digest files.</summary>
    public bool MayHaveLogs(LogPrefix below) => Level switch
    {
        LogLevel.Accounts => below.Level is LogLevel.Services or LogLevel.OrganizationAccounts,
        LogLevel.OrganizationAccounts => below.Level == LogLevel.Services,
        _ => !IsOtherOfCloudTrail(below.Value[Value.Length..^1]),
    };

    private static LogLevel LevelBelowLogs(string[] below) => below switch
    {
        [] => LogLevel.Accounts,
        [var account] when IsAccount(account) => LogLevel.Services,
        [var organization] when organization.StartsWith("o-", StringComparison.Ordinal) => LogLevel.OrganizationAccounts,
        [var organization, var account] when organization.StartsWith("o-", StringComparison.Ordinal) && IsAccount(account) => LogLevel.Services,
        _ => LogLevel.Unknown,
    };

    private static bool IsAccount(string folder) => folder.Length == 12 && folder.All(char.IsAsciiDigit);

    // Whole names: a prefix of the trail's owner may begin alike, and stands above.
    private static bool IsOtherOfCloudTrail(string folder) => folder is Trail + "-Digest" or Trail + "-Insight";
}
