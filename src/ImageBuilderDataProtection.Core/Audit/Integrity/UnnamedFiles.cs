using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Says of what is there, and no proven digest file names it, how that comes. Each log file of the time asked for is told of, itself or
/// with others of its folder.
/// </summary>
/// <param name="store">Where the files are.</param>
/// <param name="time">The time that is asked for.</param>
/// <param name="region">The region that is asked for; null for all.</param>
/// <param name="coverage">What the digest files tell.</param>
internal sealed class UnnamedFiles(ILogStore store, CheckedTime time, string? region, LogCoverage coverage)
{
    // Where CloudTrail delivers other events, which are named as the log files are but for the folder's name in it ("Finding your CloudTrail log
    // files" in the CloudTrail User Guide). Nothing says that digest files name them.
    private static readonly string[] OtherFolders = ["CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"];

    private readonly LogResults _results = new(store);
    private readonly Dictionary<(string Folder, LogIntegrityStatus Status), UncoveredLogs> _counted = [];

    /// <summary>Looks at every name.</summary>
    /// <param name="digests">The digest files, which are told of elsewhere.</param>
    /// <param name="missed">The names of digest files that are known to be missing.</param>
    /// <param name="onUnreadable">Is told of each part that could not be listed, and why.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public IEnumerable<LogIntegrityResult> Find(
        IReadOnlyDictionary<string, DigestName> digests, HashSet<string> missed, Action<string, string> onUnreadable, CancellationToken cancellationToken)
    {
        var signed = new List<DigestName>();
        var came = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in store.Names(digestsOnly: false, onUnreadable, cancellationToken))
        {
            if (DigestName.TryParse(DigestName.Unsigned(name)) is not { } digest)
            {
                if (Judge(name) is { } result)
                {
                    yield return result;
                }
            }
            else if (!digests.ContainsKey(digest.Name))
            {
                // A digest file may have come since they were listed; that is for the next check.
                if (digest.Name == name)
                {
                    came.Add(name);
                }
                else
                {
                    signed.Add(digest);
                }
            }
        }

        foreach (DigestName digest in signed.Where(digest => IsOfRegion(digest.Region) && time.Contains(digest.End) && !came.Contains(digest.Name) && missed.Add(digest.Name)))
        {
            yield return _results.Missing(digest, "its signature file is there");
        }

        foreach (LogIntegrityResult result in _counted.OrderBy(static logs => logs.Key.Folder, StringComparer.Ordinal).ThenBy(static logs => logs.Key.Status).Select(logs => logs.Value.ToResult(_results)))
        {
            yield return result;
        }
    }

    private LogIntegrityResult? Judge(string name)
    {
        if (IsInDigestFolder(name))
        {
            return _results.Log(name, LogIntegrityStatus.Unexpected, "The file stands among the digest files and is none.");
        }

        if (LogName.TryParse(name) is not { } log)
        {
            return IsOutOfPlace(name) && !coverage.Logs.IsProven(name) ? _results.Log(name, LogIntegrityStatus.Unexpected, "The file stands where CloudTrail delivers none; no digest file can name it.") : null;
        }

        return !PathRegions.In(log.Name.Split('/')).Append(log.Region).Any(IsOfRegion) || coverage.Logs.IsProven(name) ? null
            : log.Time is not { } minute ? _results.Log(
                name, LogIntegrityStatus.Unexpected, "The file stands among the log files and is not named as CloudTrail names them; no digest file names it.")
            : time.ContainsMinute(minute) ? Judge(log, minute)
            : null;
    }

    private LogIntegrityResult? Judge(LogName log, DateTime minute)
    {
        FolderProof? proof = coverage.Find(log.DigestFolder);
        string? digest = coverage.Logs.UnprovenDigestOf(log.Name);
        switch (proof?.StandingOf(minute))
        {
            case LogStanding.Covered:
                return By(digest, _results.Log(
                    log.Name, LogIntegrityStatus.Unexpected, $"The log file was added: no {(digest is null ? "" : "proven ")}digest file names it, and its time is covered."));
            case var _ when digest is not null:
                return By(digest, Unproven(log, minute, "The digest file that names the log file is not proven."));
            case LogStanding.Late:
                return Unproven(log, minute, "No proven digest file names the log file; one of the time after it could, and is missing or not proven.");
            case LogStanding.Pending:
                return _results.Log(log.Name, LogIntegrityStatus.Pending, "No digest file names the log file yet; it may have come too late for the last one.");
            case LogStanding.Told:
                return Count(log, minute, LogIntegrityStatus.Unproven, "", "of a time that no digest file proves");
            case LogStanding.Uncovered:
                return Count(log, minute, LogIntegrityStatus.Gap, "", "covered by no digest file");
            default:
                return Count(log, minute, LogIntegrityStatus.Missing, "There are no digest files for this folder: ", "covered by no digest file");
        }
    }

    private LogIntegrityResult Unproven(LogName log, DateTime minute, string reason) =>
        _results.Log(log.Name, LogIntegrityStatus.Unproven, reason) with { UnprovenSince = minute, UnprovenUntil = minute };

    private LogIntegrityResult By(string? digest, LogIntegrityResult result) => digest is null ? result : result with { DigestFile = store.PathOf(digest) };

    private LogIntegrityResult? Count(LogName log, DateTime minute, LogIntegrityStatus status, string before, string after)
    {
        if (!_counted.TryGetValue((log.Folder, status), out UncoveredLogs? logs))
        {
            _counted[(log.Folder, status)] = logs = new UncoveredLogs(log.Folder, status, before, after);
        }

        logs.Add(minute);
        return null;
    }

    private static bool IsInDigestFolder(string name)
    {
        string[] segments = name.Split('/');
        return Array.IndexOf(segments, DigestName.FolderName) is var place and >= 0 && place + 2 < segments.Length;
    }

    // Whoever reads a folder with all that is in it would take such a file for one of CloudTrail's. What is elsewhere may be anything.
    private bool IsOutOfPlace(string name)
    {
        string[] segments = name.Split('/');
        string file = segments[^1];
        string[] folders = store.PathOf(name).Split('/', Path.DirectorySeparatorChar)[..^1];
        return TrailFiles.IsRead(file)
            && !IsOfOtherEvents(folders, file)
            && (LogName.TimeOf(file) is not null
                || segments[..^1] is [.., LogName.FolderName or DigestName.FolderName]
                || IsAboveRegions(folders));
    }

    // By the whole path, for a check may begin anywhere in it.
    private static bool IsAboveRegions(string[] folders) => folders is
        [.., PathRegions.LogRoot] or [.., PathRegions.LogRoot, _] or [.., PathRegions.LogRoot, ['o', '-', ..], _]
        or [.., PathRegions.LogRoot, _, LogName.FolderName or DigestName.FolderName] or [.., PathRegions.LogRoot, ['o', '-', ..], _, LogName.FolderName or DigestName.FolderName];

    private static bool IsOfOtherEvents(string[] folders, string file) => Array.Exists(
        OtherFolders,
        folder => file.Split('_') is [_, var kind, ..] && kind == folder
            && Array.LastIndexOf(folders, folder) is var place and > 0 && place + 1 < folders.Length
            && folders[..place] is [.., PathRegions.LogRoot, _] or [.., PathRegions.LogRoot, ['o', '-', ..], _]);

    private bool IsOfRegion(string name) => region is null || region == name;
}
