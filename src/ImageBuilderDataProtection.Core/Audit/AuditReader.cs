namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Reads KMS records from trail files, as a stream: CloudTrail's <c>{"Records":[...]}</c>, a JSON array, JSON lines or a
/// single record, plain or compressed with gzip.
/// </summary>
public sealed class AuditReader
{
    /// <summary>False, the default: only records whose encryption context names a workflow. True: every KMS record.</summary>
    public bool AllKmsEvents { get; init; }

    /// <summary>Reads files and folders.</summary>
    /// <param name="paths">Files, and folders with the trail files in and under them.</param>
    /// <param name="onError">Is told of each file and record that could not be read; reading then goes on with the next.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The records; those of a trail in order of time.</returns>
    public IEnumerable<KmsAuditEvent> Read(IEnumerable<string> paths, Action<AuditReadException> onError, CancellationToken cancellationToken = default) =>
        AllKmsEvents ? throw new NotImplementedException() : throw new NotImplementedException();
}
