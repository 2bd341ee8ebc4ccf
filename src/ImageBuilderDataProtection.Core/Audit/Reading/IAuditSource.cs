namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>One thing that records are read from, such as a file or an object in a bucket.</summary>
public interface IAuditSource
{
    /// <summary>How a user names it: a path, or <c>s3://bucket/key</c>.</summary>
    string Name { get; }

    /// <summary>What it is the same by when it is named twice: its name, unless one source may have several.</summary>
    string Identity => Name;

    /// <summary>Its length in bytes as it is stored, for progress; 0 when it is not known.</summary>
    long Length { get; }

    /// <summary>
    /// Opens it for reading from its start, as it is stored. It may be opened more than once. What goes wrong while it is read
    /// is an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the opening, and the reading of a stream from a network.</param>
    /// <exception cref="DataProtectionException">It cannot be opened; the message is a whole sentence that names it.</exception>
    /// <exception cref="IOException">Likewise, in the words of the operating system.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    Stream Open(CancellationToken cancellationToken);
}
