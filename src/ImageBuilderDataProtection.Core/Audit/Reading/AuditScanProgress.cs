namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>How far a scan has come.</summary>
/// <param name="Sources">How many files were read to their end.</param>
/// <param name="Bytes">How many bytes were read, as they are stored.</param>
/// <param name="TotalBytes">How many bytes there are to read; null as long as not all sources are known.</param>
public readonly record struct AuditScanProgress(long Sources, long Bytes, long? TotalBytes);
