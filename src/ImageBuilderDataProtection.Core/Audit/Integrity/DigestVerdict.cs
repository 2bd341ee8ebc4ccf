namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>What is said of a digest file.</summary>
/// <param name="Status">Whether it is as CloudTrail delivered it.</param>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="Signature">The signature that proves it, in hexadecimal; null when none does.</param>
internal sealed record DigestVerdict(LogIntegrityStatus Status, string Reason, string? Signature)
{
    /// <summary>Whether its signature is right, and it was delivered to another bucket than those before it.</summary>
    public bool IsOfOtherBucket { get; init; }
}
