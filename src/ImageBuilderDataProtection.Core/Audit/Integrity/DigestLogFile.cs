namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>A log file as a digest file names it: an element of <c>logFiles</c>.</summary>
/// <param name="Bucket">The bucket that the log file was delivered to.</param>
/// <param name="Key">The object's key.</param>
/// <param name="Hash">The SHA-256 hash of the uncompressed log file, in hexadecimal.</param>
/// <param name="OldestEventTime">The time of its oldest event, as it is written; null when it is not told.</param>
/// <param name="NewestEventTime">The time of its newest event, as it is written; null when it is not told.</param>
internal sealed record DigestLogFile(string Bucket, string Key, string Hash, string? OldestEventTime, string? NewestEventTime);
