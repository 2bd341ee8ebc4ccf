namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>
/// A trail file, or one record of it, could not be read; the rest is read all the same. The error ids are
/// <c>AuditFileUnreadable</c>, <c>AuditFileTruncated</c>, <c>AuditFileExpands</c>, <c>AuditFileTooLarge</c>, <c>InvalidAuditRecord</c>,
/// <c>AuditRecordTooLarge</c>, <c>AuditQueryUnfinished</c>, <c>NoTrailFiles</c>, <c>OnlyDigestFiles</c> and <c>ArchiveInBucket</c>; of sources that are no
/// files also those of AWS.
/// </summary>
public sealed class AuditReadException : DataProtectionException
{
    /// <summary>The error id of <see cref="OnlyDigestFiles"/>. Where other files are read, too, it is none.</summary>
    public const string OnlyDigests = "OnlyDigestFiles";

    internal AuditReadException(string errorId, FailureKind kind, string message, string file, long? recordNumber = null, long? line = null, Exception? innerException = null)
        : base(errorId, kind, message, innerException)
    {
        File = file;
        RecordNumber = recordNumber;
        Line = line;
    }

    /// <summary>Whether this is what opening or reading a source may throw.</summary>
    internal static bool IsOfReading(Exception error) => error is InvalidDataException or IOException or UnauthorizedAccessException or DataProtectionException;

    /// <summary>The failure of opening or reading something, in the words of what went wrong.</summary>
    internal static AuditReadException Unreadable(string name, Exception error) => error switch
    {
        AuditReadException told => told,
        DataProtectionException failure => new AuditReadException(failure.ErrorId, failure.Kind, failure.About(name).Message, name, innerException: failure),
        InvalidDataException => new AuditReadException(
            "AuditFileTruncated", FailureKind.InvalidData, $"\"{name}\" is damaged or cut off: its packed data cannot be read to the end.", name, innerException: error),
        FileNotFoundException or DirectoryNotFoundException => Unreadable(name, FailureKind.NotFound, "does not exist", error),
        UnauthorizedAccessException => Unreadable(name, FailureKind.PermissionDenied, "could not be read: you may not read it", error),
        _ => Unreadable(name, FailureKind.Unavailable, $"could not be read: {error.Message.TrimEnd('.')}", error),
    };

    /// <summary>The failure of a folder, or of an archive, with nothing in it that could be read.</summary>
    internal static AuditReadException NoTrailFiles(string name) => new(
        "NoTrailFiles", FailureKind.NotFound, $"There are no trail files in \"{name}\": no {TrailFiles.Names}.", name);

    /// <summary>The failure of a digest file, or of a folder with digest files alone, which have no records.</summary>
    internal static AuditReadException OnlyDigestFiles(string name) => new(
        OnlyDigests, FailureKind.NotFound, $"\"{name}\" has no records: digest files are for Test-IBCloudTrailLog; name the folder CloudTrail beside CloudTrail-Digest.", name);

    /// <summary>The failure to read a .zip file where it is: its directory is at its end, and it is read from a file only.</summary>
    /// <param name="name">The object.</param>
    /// <param name="others">How many others there are beside it.</param>
    internal static AuditReadException ArchiveInBucket(string name, long others) => new(
        "ArchiveInBucket",
        FailureKind.InvalidState,
        $"\"{name}\"{(others == 0 ? " is a .zip file" : $" and {others:N0} more under this prefix are .zip files")}, which cannot be read in a bucket: download {(others == 0 ? "it, and read it" : "them, and read them")} with -Path.",
        name);

    private static AuditReadException Unreadable(string name, FailureKind kind, string what, Exception error) =>
        new("AuditFileUnreadable", kind, $"\"{name}\" {what}.", name, innerException: error);

    /// <summary>The failure to list what there is to read.</summary>
    internal static AuditReadException OfListing(DataProtectionException failure) =>
        failure as AuditReadException ?? new AuditReadException(failure.ErrorId, failure.Kind, failure.Message, "", innerException: failure);

    /// <summary>The file or folder.</summary>
    public string File { get; }

    /// <summary>The record in the file, counted from 1 over records of every service; null when it is about the file as a whole.</summary>
    public long? RecordNumber { get; }

    /// <summary>The line on which the record begins, counted from 1; null when it is about the file as a whole.</summary>
    public long? Line { get; }
}
