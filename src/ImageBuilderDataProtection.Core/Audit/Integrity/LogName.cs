namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>What the path of a file in a log folder tells ("CloudTrail log file name format" in the CloudTrail User Guide).</summary>
/// <param name="Name">The path in its store, with slashes.</param>
/// <param name="DigestFolder">The path of the folder whose digest files name it.</param>
/// <param name="Folder">The path up to <c>CloudTrail/{region}</c>.</param>
/// <param name="Time">The minute it was made, UTC; null when the file is not named as CloudTrail names files.</param>
internal sealed record LogName(string Name, string DigestFolder, string Folder, DateTime? Time)
{
    /// <summary>The region of its records.</summary>
    public string Region => Folder[(Folder.LastIndexOf('/') + 1)..];

    /// <summary>How a name tells a minute.</summary>
    public const string MinuteFormat = "yyyyMMdd'T'HHmm'Z'";

    /// <summary>The folder that log files stand under.</summary>
    public const string FolderName = "CloudTrail";

    /// <summary>Reads a path; null when it is not in a log folder.</summary>
    public static LogName? TryParse(string name)
    {
        string[] segments = name.Split('/');

        // CloudTrail/{region}/…/{file}
        int root = Array.LastIndexOf(segments, FolderName, Math.Max(0, segments.Length - 3));
        if (root < 0 || root + 2 >= segments.Length)
        {
            return null;
        }

        return new LogName(
            name,
            string.Join('/', [.. segments[..root], DigestName.FolderName, segments[root + 1]]),
            string.Join('/', segments[..(root + 2)]),
            TimeOf(segments[^1]));
    }

    /// <summary>A time without its seconds: names tell minutes.</summary>
    public static DateTime MinuteOf(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), time.Kind);

    /// <summary>The minute, UTC, in the name of a file; null when it is not named as CloudTrail names files.</summary>
    public static DateTime? TimeOf(string fileName)
    {
        string[] parts = fileName.Split('_');
        return parts.Length == 5 ? NameTime.TryParse(parts[3], MinuteFormat) : null;
    }
}
