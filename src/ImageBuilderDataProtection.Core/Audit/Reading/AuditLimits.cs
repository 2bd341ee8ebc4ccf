namespace ImageBuilderDataProtection.Audit.Reading;

/// <summary>What is read of trail files at most. A file that goes beyond is told and left; the others are read.</summary>
public static class AuditLimits
{
    /// <summary>The size limit of a record, in bytes. CloudTrail's own is 1 MiB ("Quotas in AWS CloudTrail").</summary>
    public const int RecordBytes = KmsAuditEvent.MaxRecordBytes;

    /// <summary>How many times its own size a file may unpack to. CloudTrail's unpack to some ten to thirty times theirs.</summary>
    public const int Expansion = 250;

    /// <summary>How many bytes any file may unpack to, however small: 64 MiB.</summary>
    public const long ExpansionAllowance = 64L << 20;

    /// <summary>How many entries a .zip file may have.</summary>
    public const int ArchiveEntries = 100_000;

    /// <summary>How many bytes the directory of a .zip file may have, which is held in memory: 32 MiB.</summary>
    public const int ArchiveDirectoryBytes = 32 << 20;
}
