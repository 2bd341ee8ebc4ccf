namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>Where the public keys come from that CloudTrail's digest files are verified with.</summary>
public interface IDigestKeySource
{
    /// <summary>The id of the error that is about one region only.</summary>
    const string KeysUnavailable = "PublicKeysUnavailable";

    /// <summary>The keys for the digest files of a region.</summary>
    /// <param name="region">The region of the log files; CloudTrail has other keys in each.</param>
    /// <param name="start">The start of the time in which they were made, UTC.</param>
    /// <param name="end">The end of that time, UTC.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="DataProtectionException">
    /// The keys cannot be had; with <c>PublicKeysUnavailable</c>, those of this region.
    /// </exception>
    DigestPublicKeys Find(string region, DateTime start, DateTime end, CancellationToken cancellationToken);
}
