namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>A digest file that was judged, as far as the one that follows it tells of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">What was said of it.</param>
/// <param name="Hash">The SHA-256 hash of its uncompressed content; empty when it cannot be read.</param>
/// <param name="Signature">The signature that proves it, in hexadecimal; null when none does.</param>
internal sealed record JudgedDigest(string Name, LogIntegrityStatus Status, byte[] Hash, string? Signature);
