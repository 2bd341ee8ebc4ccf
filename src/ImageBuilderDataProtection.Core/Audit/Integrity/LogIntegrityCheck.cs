using System.Globalization;
using System.Runtime.ExceptionServices;

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
    internal DateTime? DigestEnd => Time.DigestEnd;

    private CheckedTime Time => new(StartTime, EndTime) { Now = Now, DeliveryDelay = DeliveryDelay, IsHourly = IsHourly };

    /// <summary>Checks what is in a store.</summary>
    internal IEnumerable<LogIntegrityResult> Check(ILogStore store, CancellationToken cancellationToken)
    {
        var results = new LogResults(store);
        var unreadable = new List<LogIntegrityResult>();
        Dictionary<string, DigestName> digests = FindDigests(store, (folder, reason) => unreadable.Add(results.Unreadable(folder, reason)), cancellationToken);
        var coverage = new LogCoverage(Time);
        DigestChain[] chains = FindChains(store, digests.Values, coverage);
        DigestName[] made = [.. KnownDigests.Select(DigestName.TryParse).OfType<DigestName>().Where(name => IsOfRegion(name.Region))];
        foreach (LogIntegrityResult result in unreadable)
        {
            yield return result;
        }

        if (!Array.Exists(chains, static chain => chain.IsAsked) && (digests.Count > 0 || made.Length == 0))
        {
            throw NoDigestFiles(store, digests.Count > 0);
        }

        var missed = new HashSet<string>(StringComparer.Ordinal);
        var more = new List<LogIntegrityResult>();
        IEnumerable<LogIntegrityResult>[] passes =
        [
            Follow(store, chains, cancellationToken),
            FindLast(results, made, digests, chains, missed, coverage),
            FindUntold(results, coverage),
            new UnnamedFiles(store, Time, Region, coverage).Find(digests, missed, (folder, reason) => more.Add(results.Unreadable(folder, reason)), cancellationToken),
            more.Except(unreadable),
        ];
        foreach (LogIntegrityResult result in passes.SelectMany(static pass => pass))
        {
            yield return result;
        }
    }

    private Dictionary<string, DigestName> FindDigests(ILogStore store, Action<string, string> onUnreadable, CancellationToken cancellationToken)
    {
        var digests = new Dictionary<string, DigestName>(StringComparer.Ordinal);
        foreach (string name in store.Names(digestsOnly: true, onUnreadable, cancellationToken))
        {
            if (DigestName.TryParse(name) is { } digest && IsOfRegion(digest.Region))
            {
                digests.Add(name, digest);
            }
        }

        return digests;
    }

    private DigestChain[] FindChains(ILogStore store, IEnumerable<DigestName> digests, LogCoverage coverage) =>
    [
        .. digests.GroupBy(static name => name.Chain, StringComparer.Ordinal).OrderBy(static chain => chain.Key, StringComparer.Ordinal)
            .Select(chain => new DigestChain(store, _keys, Time, coverage, chain)),
    ];

    // Digest files are read ahead of the log files that they name, and judged one after the other: what one says depends on the one before.
    private IEnumerable<LogIntegrityResult> Follow(ILogStore store, DigestChain[] chains, CancellationToken cancellationToken)
    {
        using var scan = new OrderedScan<ChainStep, CheckReading>(Parallelism, cancellationToken)
        {
            NewReader = () => new LogFileReader(store),
            BytesOf = static _ => CheckReading.Bytes,
            OfListing = static failure => new CheckReading(Result: null, failure),
        };
        CancellationToken stopping = scan.Stopping;
        scan.Add(chains.SelectMany(chain => chain.Verify(Parallelism, stopping)));
        foreach (CheckReading reading in scan.TakeAll())
        {
            if (reading.Failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            yield return reading.Result!;
        }
    }

    // Those that were made last have none after them that would tell that they are missing.
    private IEnumerable<LogIntegrityResult> FindLast(
        LogResults results, DigestName[] made, Dictionary<string, DigestName> digests, DigestChain[] chains, HashSet<string> missed, LogCoverage coverage)
    {
        missed.UnionWith(chains.SelectMany(static chain => chain.Missed));
        foreach (DigestName last in made.Where(last => !digests.ContainsKey(last.Name) && Time.Contains(last.End) && missed.Add(last.Name)))
        {
            FolderProof? proof = coverage.Open(last.Folder);
            DateTime? since = proof?.ProvenUntil;
            proof?.Tell(since ?? DateTime.MinValue, last.End);
            yield return results.Missing(last, "it was the last that was made") with { UnprovenSince = since };
        }
    }

    // The parts of the time asked for that no digest file covers, and no chain tells of: before its first, after its last, and where
    // the trail was made anew under another name.
    private IEnumerable<LogIntegrityResult> FindUntold(LogResults results, LogCoverage coverage) =>
        from folder in coverage.Folders
        from untold in folder.Value.Untold()
        let reason = string.Create(
            CultureInfo.InvariantCulture,
            $"No digest file here covers the time from {untold.Since:yyyy-MM-dd'T'HH:mm:ss'Z'} to {untold.Until:yyyy-MM-dd'T'HH:mm:ss'Z'}: log file validation was off, or digest files were removed{(untold.Since >= EndTime ? ", which may have named late log files of the time asked for" : "")}.")
        select results.Folder(folder.Key, LogIntegrityStatus.Gap, reason) with { UnprovenSince = untold.Since, UnprovenUntil = untold.Until };

    private bool IsOfRegion(string region) => Region is null || Region == region;

    private static DataProtectionException NoDigestFiles(ILogStore store, bool isAny) => new(
        "NoDigestFiles",
        FailureKind.NotFound,
        isAny
            ? $"No digest file in \"{store.PathOf("")}\" covers the time asked for, so nothing there can be proven; widen -StartTime and -EndTime."
            : $"There are no digest files in \"{store.PathOf("")}\", so nothing there can be proven; a copy needs CloudTrail-Digest with the log files, and the trail log file validation.");
}
