namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>What a <see cref="LogIntegrityResult"/> is about.</summary>
public enum LogIntegrityFileKind
{
    /// <summary>A log file.</summary>
    LogFile,

    /// <summary>A digest file.</summary>
    DigestFile,

    /// <summary>The file beside a digest file that holds its signature.</summary>
    SignatureFile,

    /// <summary>A folder, for what concerns many files in it.</summary>
    Folder,
}
