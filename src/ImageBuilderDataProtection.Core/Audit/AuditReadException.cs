namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// A trail file, or one record of it, could not be read; the rest is read all the same. The error ids are
/// <c>AuditFileUnreadable</c>, <c>AuditFileTruncated</c>, <c>InvalidAuditRecord</c> and <c>AuditRecordTooLarge</c>.
/// </summary>
public sealed class AuditReadException : DataProtectionException
{
    internal AuditReadException(string errorId, FailureKind kind, string message, string file, long? recordNumber = null, long? line = null, Exception? innerException = null)
        : base(errorId, kind, message, innerException)
    {
        File = file;
        RecordNumber = recordNumber;
        Line = line;
    }

    /// <summary>The file or folder.</summary>
    public string File { get; }

    /// <summary>The record in the file, counted from 1 over records of every service; null when it is about the file as a whole.</summary>
    public long? RecordNumber { get; }

    /// <summary>The line on which the record begins, counted from 1; null when it is about the file as a whole.</summary>
    public long? Line { get; }
}
