using System.Globalization;
using System.Runtime.ExceptionServices;
using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Tells, by CloudTrail's digest files, whether log files were changed or removed since they were delivered ("Validating
/// CloudTrail log file integrity" in the CloudTrail User Guide). Files are read as streams, several at a time; what is held is
/// a bounded number of digest files and results, the names of the digest files, and 16 bytes a log file.
/// </summary>
public sealed class LogIntegrityCheck
{
    /// <summary>The size limit of an uncompressed log file, in bytes: 1 GiB. A larger one is reported, not unpacked.</summary>
    public const long MaxLogFileBytes = 1L << 30;

    // Under which CloudTrail delivers, after the prefix of the trail: AWSLogs/{organization}/{account}/CloudTrail/{region}.
    private const string LogRoot = "AWSLogs";

    // CloudTrail makes a digest file an hour, with log files in it or without.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(2);

    private readonly IDigestKeySource _keys;

    /// <summary>A check.</summary>
    /// <param name="keys">The public keys of CloudTrail, for the region and time of the files, or where to find them.</param>
    public LogIntegrityCheck(IDigestKeySource keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = keys;
    }

    /// <summary>The time, UTC, from which files are looked at; null for the first.</summary>
    public DateTime? StartTime { get; init; }

    /// <summary>The time, UTC, to which files are looked at; null for the last.</summary>
    public DateTime? EndTime { get; init; }

    /// <summary>The region whose files are looked at; null for all.</summary>
    public string? Region { get; init; }

    /// <summary>How many log files are read at a time, and how many digest files ahead of them; the processors' number unless it is given.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>The time, UTC, at which the check is made.</summary>
    internal DateTime Now { get; init; } = DateTime.UtcNow;

    /// <summary>How long after the minute in its name a log file may be delivered, and so how late a digest file names it.</summary>
    internal TimeSpan DeliveryDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether digest files are made every hour, as CloudTrail does, so that none in hours is a sign of removal.</summary>
    internal bool IsHourly { get; init; } = true;

    /// <summary>The names of digest files that are known to have been made last.</summary>
    internal IReadOnlyList<string> KnownDigests { get; init; } = [];

    /// <summary>Checks a folder with a copy of what CloudTrail delivered, in CloudTrail's own layout.</summary>
    /// <param name="folder">The folder: a bucket's copy, or one above or in it.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>
    /// A result for each file: digest files from the oldest to the newest, each with its log files; then the files that no digest
    /// file names.
    /// </returns>
    /// <exception cref="DataProtectionException">
    /// <c>FolderNotFound</c>: there is no such folder; <c>NoDigestFiles</c>: no digest file is in it, or none covers the time.
    /// </exception>
    public IEnumerable<LogIntegrityResult> Check(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.GetFullPath(folder);
        return Directory.Exists(path)
            ? Check(new LogFolder(path), cancellationToken)
            : throw new DataProtectionException("FolderNotFound", FailureKind.NotFound, $"\"{path}\" is no folder; name the folder with the copy of CloudTrail's files.");
    }

    /// <summary>The end of the time, UTC, to which digest files are read: they may be late with a log file.</summary>
    internal DateTime? DigestEnd => EndTime?.Shift(DeliveryDelay);

    /// <summary>Checks what is in a store.</summary>
    internal IEnumerable<LogIntegrityResult> Check(ILogStore store, CancellationToken cancellationToken)
    {
        var unreadable = new List<LogIntegrityResult>();
        var digests = new Dictionary<string, DigestName>(StringComparer.Ordinal);
        foreach (string name in store.Names(digestsOnly: true, (folder, reason) => unreadable.Add(Unreadable(store, folder, reason)), cancellationToken))
        {
            if (DigestName.TryParse(name) is { } digest && IsOfRegion(digest.Region))
            {
                digests.Add(name, digest);
            }
        }

        var coverage = new LogCoverage();
        DateTime? end = DigestEnd;
        DigestName[] made = [.. KnownDigests.Select(DigestName.TryParse).OfType<DigestName>().Where(name => IsOfRegion(name.Region))];
        DigestChain[] chains =
        [
            .. digests.Values.GroupBy(static name => name.Chain, StringComparer.Ordinal).OrderBy(static chain => chain.Key, StringComparer.Ordinal)
                .Select(chain => new DigestChain(store, stop => FindKeys(chain, end, stop), coverage, chain)),
        ];
        if (!Array.Exists(chains, chain => chain.Covers(StartTime, end, cancellationToken)) && (digests.Count > 0 || made.Length == 0))
        {
            foreach (LogIntegrityResult result in unreadable)
            {
                yield return result;
            }

            throw NoDigestFiles(store, digests.Count > 0);
        }

        foreach (DigestName digest in digests.Values)
        {
            coverage.AddFolder(digest.Folder);
        }

        foreach (LogIntegrityResult result in unreadable.Concat(Follow(store, chains, end, cancellationToken)))
        {
            yield return result;
        }

        var missed = chains.SelectMany(static chain => chain.Missed).ToHashSet(StringComparer.Ordinal);
        foreach (DigestName last in made.Where(last => !digests.ContainsKey(last.Name) && IsWithin(last.End) && missed.Add(last.Name)))
        {
            coverage.AddFolder(last.Folder);
            yield return Missing(store, last.Name, "it was the last that was made");
        }

        foreach (LogIntegrityResult result in coverage.Folders.SelectMany(folder => FindUncovered(store, folder.Key, folder.Value)))
        {
            yield return result;
        }

        var more = new List<LogIntegrityResult>();
        foreach (LogIntegrityResult result in CheckRest(store, digests, missed, coverage, more.Add, cancellationToken))
        {
            yield return result;
        }

        foreach (LogIntegrityResult result in more.Where(result => !unreadable.Contains(result)))
        {
            yield return result;
        }
    }

    // Digest files are read ahead of the log files that they name, and judged one after the other: what one says depends on the one before.
    private IEnumerable<LogIntegrityResult> Follow(ILogStore store, DigestChain[] chains, DateTime? end, CancellationToken cancellationToken)
    {
        using var scan = new OrderedScan<ChainStep, CheckReading>(Parallelism, cancellationToken)
        {
            NewReader = () => new LogFileReader(store),
            BytesOf = static _ => CheckReading.Bytes,
            OfListing = static failure => new CheckReading(Result: null, failure),
        };
        CancellationToken stopping = scan.Stopping;
        scan.Add(chains.SelectMany(chain => chain.Verify(StartTime, end, Parallelism, stopping)));
        foreach (CheckReading reading in scan.TakeAll())
        {
            if (reading.Failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            yield return reading.Result!;
        }
    }

    // The parts of the time asked for that no digest file covers, and no chain tells of: before its first, after its last, and where
    // the trail was made anew under another name.
    private IEnumerable<LogIntegrityResult> FindUncovered(ILogStore store, string folder, CoveredTime covered)
    {
        DateTime latest = Now.Shift(-LongestWait);
        DateTime? end = EndTime > latest ? latest : EndTime ?? (covered.End is null ? latest : null);
        return IsHourly ? covered.Holes(StartTime, end).Select(hole => Uncovered(store, folder, hole.Since, hole.Until)) : [];
    }

    // What is there, and no digest file names it.
    private IEnumerable<LogIntegrityResult> CheckRest(
        ILogStore store, Dictionary<string, DigestName> digests, HashSet<string> missed, LogCoverage coverage, Action<LogIntegrityResult> onUnreadable, CancellationToken cancellationToken)
    {
        var folders = new SortedDictionary<string, UncoveredLogs>(StringComparer.Ordinal);
        foreach (string name in store.Names(digestsOnly: false, (folder, reason) => onUnreadable(Unreadable(store, folder, reason)), cancellationToken))
        {
            if (digests.ContainsKey(name))
            {
                continue;
            }

            if (DigestName.TryParse(DigestName.Unsigned(name)) is { } unsigned)
            {
                if (!digests.ContainsKey(unsigned.Name) && IsOfRegion(unsigned.Region) && IsWithin(unsigned.End) && missed.Add(unsigned.Name))
                {
                    yield return Missing(store, unsigned.Name, "its signature file is there");
                }
            }
            else if (IsInDigestFolder(name))
            {
                yield return LogResult(store, name, LogIntegrityStatus.Unexpected, "The file stands among the digest files and is none.");
            }
            else if (LogName.TryParse(name) is not { } log)
            {
                if (IsOutOfPlace(store, name))
                {
                    yield return LogResult(store, name, LogIntegrityStatus.Unexpected, "The file stands where CloudTrail delivers none; no digest file can name it.");
                }
            }
            else if (IsOfRegion(log.Region) && !coverage.Names(name) && Judge(store, log, coverage, folders) is { } result)
            {
                yield return result;
            }
        }

        foreach (LogIntegrityResult result in folders.Select(folder => folder.Value.ToResult(store.PathOf(folder.Key))).OfType<LogIntegrityResult>())
        {
            yield return result;
        }
    }

    private LogIntegrityResult? Judge(ILogStore store, LogName log, LogCoverage coverage, SortedDictionary<string, UncoveredLogs> folders)
    {
        if (log.Time is not { } time)
        {
            return LogResult(store, log.Name, LogIntegrityStatus.Unexpected, "The file stands among the log files and is not named as CloudTrail names them; no digest file names it.");
        }

        CoveredTime? covered = coverage.Find(log.DigestFolder);
        if (!IsWithin(time) || covered?.IsUnproven(time, DeliveryDelay) == true)
        {
            return null;
        }

        if (!folders.TryGetValue(log.Folder, out UncoveredLogs? uncovered))
        {
            folders[log.Folder] = uncovered = new UncoveredLogs(covered);
        }

        if (covered?.End is not { } end || time < CoveredTime.WholeMinute(covered.Start!.Value) || (IsHourly && time > end.Shift(LongestWait)))
        {
            uncovered.Add(time);
            return null;
        }

        return time >= CoveredTime.WholeMinute(end.Shift(-DeliveryDelay))
            ? LogResult(store, log.Name, LogIntegrityStatus.Pending, "No digest file names the log file yet; it may have come too late for the last one.")
            : LogResult(store, log.Name, LogIntegrityStatus.Unexpected, "The log file was added: no digest file names it, and its time is covered.");
    }

    private static bool IsInDigestFolder(string name)
    {
        string[] segments = name.Split('/');
        return Array.IndexOf(segments, DigestName.FolderName) is var place and >= 0 && place + 2 < segments.Length;
    }

    // Whoever reads a folder with all that is in it would take such a file for one of CloudTrail's. What is elsewhere may be anything.
    private static bool IsOutOfPlace(ILogStore store, string name)
    {
        string[] segments = name.Split('/');
        string file = segments[^1];
        return TrailFiles.IsRead(file)
            && (LogName.TimeOf(file) is not null
                || segments[..^1] is [.., LogName.FolderName or DigestName.FolderName]
                || IsAboveRegions(store.PathOf(name).Split('/', Path.DirectorySeparatorChar)[..^1]));
    }

    // By the whole path, for a check may begin anywhere in it.
    private static bool IsAboveRegions(string[] folders) => folders is
        [.., LogRoot] or [.., LogRoot, _] or [.., LogRoot, ['o', '-', ..], _]
        or [.., LogRoot, _, LogName.FolderName or DigestName.FolderName] or [.., LogRoot, ['o', '-', ..], _, LogName.FolderName or DigestName.FolderName];

    private DigestPublicKeys FindKeys(IEnumerable<DigestName> chain, DateTime? end, CancellationToken cancellationToken)
    {
        DateTime[] ends = [.. chain.Select(static name => name.End).Where(time => !(time < StartTime) && !(time > end?.Shift(LongestWait)))];
        return ends.Length == 0
            ? new DigestPublicKeys([])
            : _keys.Find(chain.First().Region, ends.Min().Shift(-LongestWait), ends.Max(), cancellationToken);
    }

    private bool IsOfRegion(string region) => Region is null || Region == region;

    private bool IsWithin(DateTime time) => !(time < StartTime) && !(time > EndTime);

    private static DataProtectionException NoDigestFiles(ILogStore store, bool isAny) => new(
        "NoDigestFiles",
        FailureKind.NotFound,
        isAny
            ? $"No digest file in \"{store.PathOf("")}\" covers the time asked for, so nothing there can be proven; widen -StartTime and -EndTime."
            : $"There are no digest files in \"{store.PathOf("")}\", so nothing there can be proven; a copy needs CloudTrail-Digest with the log files, and the trail log file validation.");

    private static LogIntegrityResult Uncovered(ILogStore store, string folder, DateTime since, DateTime until) => new()
    {
        File = store.PathOf(folder),
        Kind = LogIntegrityFileKind.Folder,
        Status = LogIntegrityStatus.Gap,
        Reason = string.Create(
            CultureInfo.InvariantCulture,
            $"No digest file here covers the time from {since:yyyy-MM-dd'T'HH:mm:ss'Z'} to {until:yyyy-MM-dd'T'HH:mm:ss'Z'}: log file validation was off, or digest files were removed."),
        UnprovenSince = since,
        UnprovenUntil = until,
    };

    private static LogIntegrityResult Missing(ILogStore store, string name, string sign) => new()
    {
        File = store.PathOf(name),
        Kind = LogIntegrityFileKind.DigestFile,
        Status = LogIntegrityStatus.Missing,
        Reason = $"The digest file is missing: {sign}.",
        UnprovenUntil = DigestName.TryParse(name)?.End,
    };

    private static LogIntegrityResult Unreadable(ILogStore store, string folder, string reason) => new()
    {
        File = store.PathOf(folder),
        Kind = LogIntegrityFileKind.Folder,
        Status = LogIntegrityStatus.Unproven,
        Reason = $"The folder could not be read: {reason}.",
    };

    private static LogIntegrityResult LogResult(ILogStore store, string name, LogIntegrityStatus status, string reason) => new()
    {
        File = store.PathOf(name),
        Kind = LogIntegrityFileKind.LogFile,
        Status = status,
        Reason = reason,
    };
}
