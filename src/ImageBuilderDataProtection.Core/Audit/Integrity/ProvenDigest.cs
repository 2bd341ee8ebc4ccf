namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>A digest file whose signature is right.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hash">The SHA-256 hash of its uncompressed content.</param>
/// <param name="Signature">Its signature, in hexadecimal.</param>
internal sealed record ProvenDigest(DigestName Name, byte[] Hash, string Signature);
