namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>One page of a listing: at most 1,000 keys.</summary>
/// <param name="Objects">The objects, in the order of their keys.</param>
/// <param name="Prefixes">What the keys of further objects have in common up to the next slash, in order; none where objects of every depth are listed.</param>
/// <param name="Next">The token of the next page; null when this is the last.</param>
internal sealed record BucketPage(IReadOnlyList<BucketObject> Objects, IReadOnlyList<string> Prefixes, string? Next);
