namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>A file of the file system, as it is when it is opened.</summary>
/// <param name="path">The full path.</param>
/// <param name="length">Its length in bytes, as far as it is known.</param>
internal sealed class AuditFile(string path, long length) : IAuditSource
{
    private bool _isUsedUp;

    /// <inheritdoc />
    public string Name => path;

    /// <inheritdoc />
    public long Length => length;

    /// <summary>A file that a user named; it may be missing.</summary>
    public static AuditFile At(string path)
    {
        var file = new FileInfo(path);
        return new AuditFile(file.FullName, file.Exists ? file.Length : 0);
    }

    /// <inheritdoc />
    public Stream Open(CancellationToken cancellationToken)
    {
        // What is written to a pipe comes once, and opening it again would wait for another writer.
        if (_isUsedUp)
        {
            throw new IOException("It is no regular file, so it can be read only once.");
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _isUsedUp = !stream.CanSeek;
        return stream;
    }
}
