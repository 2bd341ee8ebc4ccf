namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>A digest file whose signature is right, so that what it says is what CloudTrail wrote.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">What it says.</param>
/// <param name="Layout">How keys turn into names.</param>
internal sealed record ProvenDigest(DigestName Name, DigestFile Digest, DigestLayout Layout)
{
    /// <summary>The end of the time of the digest file that it follows, as that one's key tells it; null when it follows none.</summary>
    public DateTime? PreviousEnd => Digest.Previous is { } link ? DigestName.TryParse(link.Key)?.End : null;

    /// <summary>Since when it proves which log files there are: also over time for which CloudTrail made no digest file, back to the one that it follows.</summary>
    public DateTime Since => PreviousEnd < Digest.Start ? PreviousEnd.Value : Digest.Start;
}
