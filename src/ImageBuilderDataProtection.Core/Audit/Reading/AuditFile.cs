using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>A file of the file system, as it is when it is opened.</summary>
/// <param name="file">The file.</param>
/// <param name="realPaths">Where paths lead.</param>
internal sealed class AuditFile(FileInfo file, RealFilePaths realPaths) : IAuditSource
{
    private bool _isUsedUp;

    /// <inheritdoc />
    public string Name { get; } = file.FullName;

    /// <inheritdoc />
    public string Identity { get; } = realPaths.Of(file);

    /// <inheritdoc />
    public long Length { get; } = file.Exists ? file.Length : 0;

    /// <summary>A file that a user named; it may be missing.</summary>
    public static AuditFile At(string path) => new(new FileInfo(path), new RealFilePaths());

    /// <inheritdoc />
    public Stream Open(CancellationToken cancellationToken)
    {
        // What is written to a pipe comes once, and opening it again would wait for another writer.
        if (_isUsedUp)
        {
            throw new IOException("It is no regular file, so it can be read only once.");
        }

        var stream = new FileStream(Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _isUsedUp = !stream.CanSeek;
        return stream;
    }
}
