namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>One thing that came of reading: a record that is wanted, or what could not be read. One of the two is null.</summary>
/// <param name="Event">The record.</param>
/// <param name="Failure">What could not be read, and why; reading goes on all the same.</param>
public readonly record struct AuditReading(KmsAuditEvent? Event, AuditReadException? Failure)
{
    // What it holds in memory, roughly.
    internal long Bytes => 1024 + (Event?.ByteCount ?? 0);
}
