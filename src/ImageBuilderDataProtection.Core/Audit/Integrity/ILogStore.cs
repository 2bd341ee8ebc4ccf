namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Where CloudTrail delivered its files, or where a copy of them is: objects with names, slashes between their parts, as keys in
/// a bucket have. Several threads may read from it. What it throws is a <see cref="DataProtectionException"/> whose message is the end of a sentence about the object.
/// </summary>
internal interface ILogStore
{
    /// <summary>The bucket that it is; null where that cannot be told: of a copy, and where another name stands for the bucket's.</summary>
    string? Bucket { get; }

    /// <summary>Where a digest file's signature is looked for, as the middle of a sentence: <c>neither … nor</c>; and how it gets there, as its end.</summary>
    (string Place, string Advice) Signatures { get; }

    /// <summary>The names of objects, one after the other, in no order.</summary>
    /// <param name="digestsOnly">Whether only digest files are looked for; others may be among them all the same.</param>
    /// <param name="onUnreadable">Is told of each part that could not be listed, and why.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    IEnumerable<string> Names(bool digestsOnly, Action<string, string> onUnreadable, CancellationToken cancellationToken);

    /// <summary>Opens an object, for reading once from its start; it tells its length. Null when there is none.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="cancellationToken">Stops the opening, and the reading of a stream from a network.</param>
    Stream? Open(string name, CancellationToken cancellationToken);

    /// <summary>Opens a digest file, as <see cref="Open"/> does, with the signature that is kept with it.</summary>
    /// <param name="name">The digest file's name.</param>
    /// <param name="cancellationToken">Stops the opening, and the reading of a stream from a network.</param>
    StoredDigest? OpenDigest(string name, CancellationToken cancellationToken);

    /// <summary>How a user names an object; with no name, the store.</summary>
    string PathOf(string name);

    /// <summary>How a user names what a digest file's signature is kept in.</summary>
    string SignaturePathOf(string name);
}
