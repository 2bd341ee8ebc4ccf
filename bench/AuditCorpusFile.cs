namespace ImageBuilderDataProtection.Bench;

/// <summary>One file of a corpus.</summary>
/// <param name="Path">Its path below the corpus's folder, with slashes.</param>
/// <param name="CompressedBytes">Its length.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in hexadecimal.</param>
/// <param name="Bytes">The length of its JSON.</param>
/// <param name="Records">How many records it holds.</param>
/// <param name="KmsRecords">How many of them are of KMS.</param>
/// <param name="Matches">How many of them are of KMS and for a workflow.</param>
internal sealed record AuditCorpusFile(string Path, long CompressedBytes, string Sha256, long Bytes, int Records, int KmsRecords, int Matches);
