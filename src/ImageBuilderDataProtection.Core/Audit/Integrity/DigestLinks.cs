using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>Follows what proven digest files say of the ones before them.</summary>
internal sealed class DigestLinks
{
    private readonly ILogStore _store;
    private readonly CheckedTime _time;
    private readonly FolderProof? _proof;
    private readonly LogResults _results;
    private readonly DigestName[] _names;
    private readonly HashSet<string> _present;

    // What was judged lately: others may stand between a digest file and the one that it follows.
    private readonly Queue<JudgedDigest> _judged = new();

    /// <summary>The links of a chain.</summary>
    /// <param name="store">Where the files are.</param>
    /// <param name="time">The time that is asked for.</param>
    /// <param name="proof">Is told what is not proven; null where nothing is covered.</param>
    /// <param name="names">All digest files of the chain that are there, in order.</param>
    public DigestLinks(ILogStore store, CheckedTime time, FolderProof? proof, DigestName[] names)
    {
        _store = store;
        _time = time;
        _proof = proof;
        _results = new LogResults(store);
        _names = names;
        _present = names.Select(static name => name.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The names of digest files that were missed on the way.</summary>
    public HashSet<string> Missed { get; } = new(StringComparer.Ordinal);

    /// <summary>Notes a digest file that was judged.</summary>
    public void Note(JudgedDigest digest)
    {
        _judged.Enqueue(digest);
        if (_judged.Count > DigestQueue.MaxAhead + 1)
        {
            _judged.Dequeue();
        }
    }

    /// <summary>What is wrong between a digest file and those before it.</summary>
    /// <param name="place">Its place among the names.</param>
    /// <param name="previous">The last proven one before it of the time asked for; null when there is none.</param>
    /// <param name="current">The digest file.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public IEnumerable<LogIntegrityResult> Check(int place, ProvenDigest? previous, ProvenDigest current, CancellationToken cancellationToken)
    {
        if (current.Digest.Previous is not { } link)
        {
            return One(Restarted(place, previous, current));
        }

        string? before = current.Layout.TryResolve(link.Key);
        return [.. One(MissingBefore(before, link, previous, current, cancellationToken)), .. NotOfTheChain(place, before, link, current), .. One(Differs(before, link, current))];
    }

    /// <summary>The digest file that is missing before one of another bucket, and that could show that the trail moved there; null when none is.</summary>
    /// <param name="previous">The last proven one before it; null when there is none.</param>
    /// <param name="current">The digest file, whose signature is right.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public LogIntegrityResult? MissingBeforeMove(ProvenDigest? previous, ProvenDigest current, CancellationToken cancellationToken) =>
        current.Digest.Previous is { } link && link.Bucket == current.Digest.Bucket
            ? MissingBefore(current.Layout.TryResolve(link.Key), link, previous, current, cancellationToken)
            : null;

    // What ended is what was proven, or what ended before the time asked for; what a name of no proven file says makes no gap.
    private LogIntegrityResult? Restarted(int place, ProvenDigest? previous, ProvenDigest current)
    {
        DateTime? ended = previous?.Digest.End ?? (place > 0 && _names[place - 1].End < _time.Start ? _names[place - 1].End : null);
        if (ended is not { } since || current.Name.IsBackfill || since >= _time.LateEnd || current.Digest.Start <= since || current.Digest.Start <= _time.Start)
        {
            return null;
        }

        _proof?.Tell(since, current.Digest.Start);
        return _results.Digest(
            current.Name.Name,
            LogIntegrityStatus.Gap,
            $"The digest file starts a new chain: no digest files were made from {since.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture)} to {current.Digest.StartTime}.") with
        {
            UnprovenSince = since,
            UnprovenUntil = current.Digest.Start,
        };
    }

    // One that ended before the time asked for is not looked at, nor is it needed: each digest file has a signature of its own.
    private LogIntegrityResult? MissingBefore(string? before, DigestLink link, ProvenDigest? previous, ProvenDigest current, CancellationToken cancellationToken)
    {
        bool isElsewhere = link.Bucket != (_store.Bucket ?? current.Digest.Bucket);
        if ((current.PreviousEnd ?? current.Digest.Start) < _time.Start || ((!isElsewhere || _store.Bucket is null) && IsThere(before, cancellationToken)))
        {
            return null;
        }

        DateTime? since = previous?.Digest.End;
        _proof?.Tell(since ?? DateTime.MinValue, current.Digest.Start);
        return (isElsewhere ? Elsewhere(link) : Missing(before, link, current)) with
        {
            DigestFile = _store.PathOf(current.Name.Name),
            UnprovenSince = since,
            UnprovenUntil = current.Digest.Start,
        };
    }

    private LogIntegrityResult Missing(string? before, DigestLink link, ProvenDigest current)
    {
        Missed.Add(before ?? link.Key);
        return _results.Digest(
            before ?? link.Key,
            LogIntegrityStatus.Missing,
            before is null
                ? "The digest file before the first one here is outside this folder."
                : $"The digest file is missing, and so may be others before it: \"{FileName(current.Name.Name)}\" follows it.");
    }

    // Nothing was removed here: the trail delivered to another bucket until then.
    private LogIntegrityResult Elsewhere(DigestLink link) =>
        _results.Digest(link.Key, LogIntegrityStatus.Unproven, $"The digest file before is in another bucket, \"{link.Bucket}\", to which the trail delivered until then; check that one for the time before.") with
        {
            File = $"s3://{link.Bucket}/{link.Key}",
        };

    // Those that stand between the two, whether or not they are CloudTrail's.
    private IEnumerable<LogIntegrityResult> NotOfTheChain(int place, string? before, DigestLink link, ProvenDigest current)
    {
        for (int i = place - 1; !current.Name.IsBackfill && i >= 0 && _names[i] is var between && between.Name != before && between.End > current.PreviousEnd && !(between.End < _time.Start); i--)
        {
            yield return _results.Digest(
                between.Name, LogIntegrityStatus.Unexpected, $"The digest file is no part of the chain: \"{FileName(current.Name.Name)}\" follows \"{FileName(link.Key)}\".");
        }
    }

    // Also of one that nothing proved itself; that one is invalid is not told twice.
    private LogIntegrityResult? Differs(string? before, DigestLink link, ProvenDigest current) =>
        _judged.FirstOrDefault(digest => digest.Name == before) is { Hash.Length: > 0 } judged
        && judged.Status != LogIntegrityStatus.Invalid
        && !(IsSame(judged.Signature ?? link.Signature, link.Signature) && IsSame(Convert.ToHexString(judged.Hash), link.Hash))
            ? _results.Digest(judged.Name, LogIntegrityStatus.Invalid, $"The digest file is not the one that \"{FileName(current.Name.Name)}\" follows: its hash or signature is another.")
            : null;

    private bool IsThere(string? name, CancellationToken cancellationToken)
    {
        if (name is null || _present.Contains(name))
        {
            return name is not null;
        }

        try
        {
            using Stream? file = _store.Open(name, cancellationToken);
            return file is not null;
        }
        catch (DataProtectionException failure)
        {
            // What could not be read may be there. What is there and no file, such as a folder that anyone can make, is listed in no chain, which would tell of it.
            return failure.Kind == FailureKind.Unavailable;
        }
    }

    private static IEnumerable<LogIntegrityResult> One(LogIntegrityResult? result) => result is null ? [] : [result];

    private static bool IsSame(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static string FileName(string name) => name[(name.LastIndexOf('/') + 1)..];
}
