namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>An object as a listing names it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct BucketObject(string Key, long Length)
{
    /// <summary>What stands after the last slash of its key.</summary>
    public string FileName => Key[(Key.LastIndexOf('/') + 1)..];
}
