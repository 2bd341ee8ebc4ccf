namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Where CloudTrail delivered its files, or where a copy of them is: objects with names, slashes between their parts, as keys in
/// a bucket have. What it throws is a <see cref="DataProtectionException"/> whose message is the end of a sentence about the object.
/// </summary>
internal interface ILogStore
{
    /// <summary>The names of all objects, one after the other, in no order.</summary>
    /// <param name="onUnreadable">Is told of each part that could not be listed, and why.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    IEnumerable<string> Names(Action<string, string> onUnreadable, CancellationToken cancellationToken);

    /// <summary>Opens an object, for reading and seeking; null when there is none.</summary>
    Stream? Open(string name);

    /// <summary>The signature that is kept with a digest file, in hexadecimal; null when there is none.</summary>
    string? ReadSignature(string name);

    /// <summary>How a user names an object.</summary>
    string PathOf(string name);
}
