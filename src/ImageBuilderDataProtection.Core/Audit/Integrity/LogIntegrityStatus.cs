namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>What the digest chain says of a file, or of a stretch of time.</summary>
public enum LogIntegrityStatus
{
    /// <summary>The file is the one that CloudTrail delivered.</summary>
    Valid,

    /// <summary>The file is so new that the last digest file may have been made before it came. This is no problem; it is not proven either.</summary>
    Pending,

    /// <summary>The file is not the one that CloudTrail delivered: it was changed, damaged, or moved from where it was delivered.</summary>
    Invalid,

    /// <summary>The file is named by a digest file and is not there.</summary>
    Missing,

    /// <summary>The file is there and no proven digest file names it, though those of its time are there and proven.</summary>
    Unexpected,

    /// <summary>CloudTrail wrote no digest files for this time: logging, or log file validation, was off.</summary>
    Gap,

    /// <summary>Nothing speaks against the file, and nothing proves it: its signature, its public key or a proven digest file of its time cannot be had.</summary>
    Unproven,
}
