namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>Makes results about what is in a store.</summary>
/// <param name="store">Where the files are.</param>
internal sealed class LogResults(ILogStore store)
{
    /// <summary>A result about a digest file.</summary>
    public LogIntegrityResult Digest(string name, LogIntegrityStatus status, string reason) => Make(name, LogIntegrityFileKind.DigestFile, status, reason);

    /// <summary>A result about a log file.</summary>
    public LogIntegrityResult Log(string name, LogIntegrityStatus status, string reason) => Make(name, LogIntegrityFileKind.LogFile, status, reason);

    /// <summary>A result about a folder.</summary>
    public LogIntegrityResult Folder(string name, LogIntegrityStatus status, string reason) => Make(name, LogIntegrityFileKind.Folder, status, reason);

    /// <summary>The result about a folder that cannot be read.</summary>
    public LogIntegrityResult Unreadable(string folder, string reason) => Folder(folder, LogIntegrityStatus.Unproven, $"The folder could not be read: {reason}.");

    /// <summary>The result about a digest file that was made and is not there.</summary>
    /// <param name="digest">The digest file.</param>
    /// <param name="sign">What shows that it was made, as the end of a sentence.</param>
    public LogIntegrityResult Missing(DigestName digest, string sign) =>
        Digest(digest.Name, LogIntegrityStatus.Missing, $"The digest file is missing: {sign}.") with { UnprovenUntil = digest.End };

    private LogIntegrityResult Make(string name, LogIntegrityFileKind kind, LogIntegrityStatus status, string reason) => new()
    {
        File = store.PathOf(name),
        Kind = kind,
        Status = status,
        Reason = reason,
    };
}
