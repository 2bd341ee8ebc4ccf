namespace ImageBuilderDataProtection.Audit.Usage;

/// <summary>
/// The limits of <see cref="KmsUsageMeter"/>. They bound its memory, to some 200 MB at the very most, whatever the events are
/// and however many.
/// </summary>
public static class KmsUsageLimits
{
    /// <summary>The most groups.</summary>
    public const int MaxGroups = 100_000;

    /// <summary>
    /// The most different principals, workflows and keys that are remembered to count them, each once for every group it is in.
    /// Beyond, the counts are lower bounds.
    /// </summary>
    public const int MaxDistinct = 2_000_000;

    /// <summary>The most characters that the different names may have together, each counted as 64 at least.</summary>
    public const int MaxNameCharacters = 32 * 1024 * 1024;
}
