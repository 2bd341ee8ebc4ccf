namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>Reads digest files; nothing of them is believed yet.</summary>
/// <param name="store">Where the files are.</param>
internal sealed class DigestReader(ILogStore store) : ISourceReader<DigestName, DigestReading>
{
    /// <inheritdoc />
    public IEnumerable<DigestReading> Read(DigestName source, CancellationToken cancellationToken) => [DigestReading.Read(store, source, cancellationToken)];
}
