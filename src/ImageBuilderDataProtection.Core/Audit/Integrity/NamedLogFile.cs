namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>A log file that a proven digest file names. It holds nothing more of the digest file: many wait to be read.</summary>
/// <param name="Name">Its name in the store; null when its key leads out of it.</param>
/// <param name="Key">The object's key.</param>
/// <param name="Hash">The SHA-256 hash of the uncompressed log file, in hexadecimal.</param>
/// <param name="DigestFile">How a user names the digest file.</param>
/// <param name="Start">The start of the time that the digest file covers, UTC.</param>
/// <param name="End">The end of that time, UTC.</param>
internal sealed record NamedLogFile(string? Name, string Key, string Hash, string DigestFile, DateTime Start, DateTime End)
{
    /// <summary>The bucket that it was delivered to, where that is not the one of the digest file; null when it is.</summary>
    public string? OtherBucket { get; init; }
}
