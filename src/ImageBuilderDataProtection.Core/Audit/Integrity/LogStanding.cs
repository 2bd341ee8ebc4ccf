namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>How the minute of a log file that no proven digest file names stands to the time that is proven.</summary>
internal enum LogStanding
{
    /// <summary>All digest files that could name it are proven.</summary>
    Covered,

    /// <summary>Its time is proven, but that of a digest file after it, which could name it if it was delivered late, is not.</summary>
    Late,

    /// <summary>The digest file that could name it may not have been made yet.</summary>
    Pending,

    /// <summary>A problem was told that leaves its time unproven.</summary>
    Told,

    /// <summary>Nothing is known of its time.</summary>
    Uncovered,
}
