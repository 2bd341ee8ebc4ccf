namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>Reads the log files to which a chain leads, and says whether they are those that were delivered.</summary>
/// <param name="store">Where the files are.</param>
internal sealed class LogFileReader(ILogStore store) : ISourceReader<ChainStep, CheckReading>
{
    private readonly LogResults _results = new(store);

    /// <inheritdoc />
    public IEnumerable<CheckReading> Read(ChainStep source, CancellationToken cancellationToken) =>
        [new CheckReading(source.Result ?? Check(source.LogFile!, cancellationToken), Failure: null)];

    private LogIntegrityResult Check(NamedLogFile log, CancellationToken cancellationToken)
    {
        LogIntegrityResult result = log.Name is not null && Compare(log.Name, log.Hash, cancellationToken) is { } found
            ? _results.Log(log.Name, found.Status, found.Reason)
            : Absent(log);
        result = result with { DigestFile = log.DigestFile };
        return result.IsProblem ? result with { UnprovenSince = log.Start, UnprovenUntil = log.End } : result;
    }

    private LogIntegrityResult Absent(NamedLogFile log) =>
        log.OtherBucket is { } bucket ? _results.Log(
            log.Key, LogIntegrityStatus.Unproven, $"The log file was delivered to another bucket, \"{bucket}\", where this check does not look.") with { File = $"s3://{bucket}/{log.Key}" }
        : log.Name is null ? _results.Log(log.Key, LogIntegrityStatus.Missing, $"The log file is outside this folder: \"{log.Key}\".")
        : _results.Log(log.Name, LogIntegrityStatus.Missing, "The log file was removed: its digest file names it.");

    // Null when it is not there.
    private (LogIntegrityStatus Status, string Reason)? Compare(string name, string hash, CancellationToken cancellationToken)
    {
        try
        {
            using Stream? file = store.Open(name, cancellationToken);
            return file is null
                ? null
                : hash.Equals(Convert.ToHexString(GzipContent.Hash(file, LogIntegrityCheck.MaxLogFileBytes, cancellationToken)), StringComparison.OrdinalIgnoreCase)
                    ? (LogIntegrityStatus.Valid, "The content is the one that was delivered.")
                    : (LogIntegrityStatus.Invalid, "The log file was changed: its hash is not the one in its digest file.");
        }
        catch (DataProtectionException failure)
        {
            return (LogIntegrityResult.StatusOf(failure), $"The log file {failure.Message}.");
        }
        catch (IOException failure)
        {
            return (LogIntegrityStatus.Unproven, $"The log file could not be read: {failure.Message}");
        }
    }
}
