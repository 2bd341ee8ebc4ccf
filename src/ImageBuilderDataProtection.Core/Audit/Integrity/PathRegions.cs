namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>The regions that a path in a store tells.</summary>
internal static class PathRegions
{
    /// <summary>Under which CloudTrail delivers, after the prefix of the trail: <c>AWSLogs/{organization}/{account}/CloudTrail/{region}</c>.</summary>
    public const string LogRoot = "AWSLogs";

    /// <summary>
    /// The region of each folder of log files or of digest files that the path leads through. CloudTrail makes one; a path with more was made
    /// by another, and is of all of them.
    /// </summary>
    /// <param name="segments">The parts of the path, of which the last is the file's name.</param>
    public static IEnumerable<string> In(string[] segments)
    {
        // The prefix before it is of any names.
        for (int i = Array.IndexOf(segments, LogRoot) + 1; i + 2 < segments.Length; i++)
        {
            if (segments[i] is LogName.FolderName or DigestName.FolderName)
            {
                yield return segments[i + 1];
            }
        }
    }
}
