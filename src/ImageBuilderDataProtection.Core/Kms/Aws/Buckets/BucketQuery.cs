namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>What is to be listed of a bucket.</summary>
/// <param name="Prefix">How keys begin.</param>
internal sealed record BucketQuery(string Prefix)
{
    /// <summary>Whether only what stands directly under the prefix is listed, with what stands deeper as prefixes.</summary>
    public bool IsShallow { get; init; }

    /// <summary>The key after which the listing begins; null for the first.</summary>
    public string? StartAfter { get; init; }

    /// <summary>The most keys a page may have; null for Amazon S3's own limit.</summary>
    public int? MaxKeys { get; init; }
}
