namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>How a digest file names the one before it.</summary>
/// <param name="Bucket">The bucket that the digest file was delivered to.</param>
/// <param name="Key">The object's key.</param>
/// <param name="Hash">The SHA-256 hash of the uncompressed digest file, in hexadecimal.</param>
/// <param name="Signature">Its signature, in hexadecimal.</param>
internal sealed record DigestLink(string Bucket, string Key, string Hash, string Signature);
