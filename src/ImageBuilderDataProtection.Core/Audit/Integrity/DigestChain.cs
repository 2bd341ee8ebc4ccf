namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Verifies the digest files of one chain, from the oldest to the newest, and finds the log files that they name. Which of them are
/// looked at depends on their names alone: what a digest file says is believed once it is proven.
/// </summary>
internal sealed class DigestChain
{
    private readonly ILogStore _store;
    private readonly IDigestKeySource _keys;
    private readonly CheckedTime _time;
    private readonly NamedLogs _logs;
    private readonly FolderProof? _proof;
    private readonly FolderProof? _folder;
    private readonly List<string> _buckets;
    private string? _bucketWithoutStart;
    private readonly LogResults _results;
    private readonly DigestLinks _links;
    private readonly DigestName[] _names;
    private readonly Range _asked;

    /// <summary>A chain.</summary>
    /// <param name="store">Where the files are.</param>
    /// <param name="keys">The public keys.</param>
    /// <param name="time">The time that is asked for.</param>
    /// <param name="coverage">Is told what the chain proves.</param>
    /// <param name="names">All digest files of the chain that are there.</param>
    public DigestChain(ILogStore store, IDigestKeySource keys, CheckedTime time, LogCoverage coverage, IEnumerable<DigestName> names)
    {
        _store = store;
        _keys = keys;
        _time = time;
        _logs = coverage.Logs;
        _results = new LogResults(store);
        _names = [.. names.OrderBy(static name => name.End).ThenBy(static name => name.Name, StringComparer.Ordinal)];

        // A backfill digest file adds to what others cover; nothing is covered by it alone.
        _folder = coverage.Open(_names[0].Folder);
        _proof = _names[0].IsBackfill ? null : _folder;
        _buckets = coverage.BucketsOf(_names[0]);
        _links = new DigestLinks(store, time, _proof, _names);
        _asked = FindAsked();
    }

    /// <summary>Whether any of its digest files may cover a part of the time asked for.</summary>
    public bool IsAsked => _asked.Start.Value < _asked.End.Value;

    /// <summary>The names of digest files that were missed on the way.</summary>
    public IEnumerable<string> Missed => _links.Missed;

    /// <summary>Verifies the digest files that may cover the time asked for: each, and then the log files that it names, which are yet to be read.</summary>
    /// <param name="parallelism">How many digest files are read at a time.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public IEnumerable<ChainStep> Verify(int parallelism, CancellationToken cancellationToken)
    {
        if (!IsAsked)
        {
            yield break;
        }

        (DigestPublicKeys? keys, LogIntegrityResult? problem) = FindKeys(cancellationToken);
        if (keys is null)
        {
            yield return problem!;
            yield break;
        }

        using var digests = new DigestQueue(_store, _names[_asked], _names.Skip(_asked.End.Value), parallelism, cancellationToken);
        var judge = new DigestJudge(_store, keys);
        ProvenDigest? last = null;
        for (int place = _asked.Start.Value; place < _asked.End.Value; place++)
        {
            DigestReading reading = digests.Take();
            (DigestVerdict verdict, LogIntegrityResult? missing) = Moved(judge.Judge(reading, BucketOf(reading, last), digests.Ahead()), reading, last, cancellationToken);
            if (missing is not null)
            {
                yield return missing;
            }

            _links.Note(new JudgedDigest(reading.Name.Name, verdict.Status, reading.Hash, verdict.Signature));
            if (judge.SignatureProblem(reading, verdict.Signature) is { } signatureProblem)
            {
                yield return signatureProblem;
            }

            if (verdict.Signature is null)
            {
                yield return Leave(place, reading, verdict, last);
                continue;
            }

            var current = new ProvenDigest(reading.Name, reading.Digest!, reading.Layout!.Value);
            foreach (LogIntegrityResult broken in _links.Check(place, last, current, cancellationToken))
            {
                yield return broken;
            }

            NoteProven(current);
            yield return _results.Digest(current.Name.Name, verdict.Status, verdict.Reason);
            foreach (DigestLogFile log in current.Digest.LogFiles)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ChainStep(Result: null, Name(current, log));
            }

            last = current;
        }
    }

    // A digest file of another bucket that follows one in that bucket which is missing may be of a trail that moved there with the missing one. It may
    // be of another trail, too, so that nothing after it is proven either.
    private (DigestVerdict Verdict, LogIntegrityResult? Missing) Moved(DigestVerdict verdict, DigestReading reading, ProvenDigest? last, CancellationToken cancellationToken)
    {
        if (!verdict.IsOfOtherBucket || _store.Bucket is not null || reading.Name.IsBackfill)
        {
            return (verdict, null);
        }

        DigestFile digest = reading.Digest!;
        LogIntegrityResult? missing = _links.MissingBeforeMove(last, new ProvenDigest(reading.Name, digest, reading.Layout!.Value), cancellationToken);
        _bucketWithoutStart = missing is null ? _bucketWithoutStart : digest.Bucket;
        return digest.Bucket == _bucketWithoutStart && digest.Previous?.Bucket == digest.Bucket
            ? (new DigestVerdict(LogIntegrityStatus.Unproven, $"The digest file was delivered to the bucket \"{digest.Bucket}\", and nothing shows that the trail moved there: a digest file before it is missing.", null), missing)
            : (verdict, missing);
    }

    private void NoteProven(ProvenDigest current)
    {
        if (current.Name.IsBackfill)
        {
            _folder?.Backfill(current.Digest.Start, current.Digest.End);
            return;
        }

        _proof?.Prove(current.Since, current.Digest.End);
        foreach (string bucket in new[] { current.Digest.Previous?.Bucket, current.Digest.Bucket }.OfType<string>().Where(bucket => !_buckets.Contains(bucket)))
        {
            _buckets.Add(bucket);
        }
    }

    // The chain of a trail's other digest files was followed before that of its backfill digest files, which are of the same buckets.
    private string? BucketOf(DigestReading reading, ProvenDigest? last) =>
        !reading.Name.IsBackfill || _buckets.Count == 0 ? last?.Digest.Bucket
        : reading.Digest is { } digest && _buckets.Contains(digest.Bucket) ? digest.Bucket
        : _buckets[^1];

    // In order of their ends, so they are neighbours.
    private Range FindAsked()
    {
        int[] places = [.. Enumerable.Range(0, _names.Length).Where(place => _time.MayTouch(_names[place], place > 0 ? _names[place - 1] : null))];
        return places.Length > 0 ? places[0]..(places[^1] + 1) : default;
    }

    // Without keys nothing of the chain is proven, and none of its files need be read to say so.
    private (DigestPublicKeys? Keys, LogIntegrityResult? Problem) FindKeys(CancellationToken cancellationToken)
    {
        DigestName first = _names[_asked.Start];
        DigestName last = _names[_asked.End.Value - 1];
        try
        {
            // A digest file is signed when it is made, soon after the time it covers, and a backfill digest file at any time after it. And names may tell any time, but of the future there are no keys.
            DateTime made = last.End.Shift(CheckedTime.LongestWait);
            DateTime until = made < _time.Now && !last.IsBackfill ? made : _time.Now;
            DateTime since = first.End.Shift(-CheckedTime.LongestWait);
            return (_keys.Find(first.Region, since < until ? since : until, until, cancellationToken), null);
        }
        catch (DataProtectionException failure) when (failure.ErrorId == IDigestKeySource.KeysUnavailable)
        {
            DateTime? unproven = SinceOf(_asked.Start.Value, last: null);
            _proof?.Tell(unproven ?? _time.EarliestStart(first), last.End);
            string reason = $"The digest files cannot be verified: {failure.Message}";
            LogIntegrityResult result = first.Folder is { } folder
                ? _results.Folder(folder, LogIntegrityStatus.Unproven, reason)
                : _results.Digest(first.Name, LogIntegrityStatus.Unproven, reason);
            return (null, result with { UnprovenSince = unproven, UnprovenUntil = last.End });
        }
    }

    // The log files that it names are told of one by one, where no other digest file proves them.
    private LogIntegrityResult Leave(int place, DigestReading reading, DigestVerdict verdict, ProvenDigest? last)
    {
        DigestName name = reading.Name;
        DateTime? since = SinceOf(place, last);
        _proof?.Tell(since ?? _time.EarliestStart(name), name.End);
        _logs.AddUnproven((reading.Digest?.LogFiles ?? []).Select(log => reading.Layout?.TryResolve(log.Key)).OfType<string>(), name.Name);
        return _results.Digest(name.Name, verdict.Status, verdict.Reason) with { UnprovenSince = since, UnprovenUntil = name.End };
    }

    // Since when the chain is not proven, where a digest file is not: null for since ever.
    private DateTime? SinceOf(int place, ProvenDigest? last) =>
        _names[place].IsBackfill ? _time.EarliestStart(_names[place])
        : last is not null ? last.Digest.End
        : place > 0 ? _names[place - 1].End
        : null;

    private NamedLogFile Name(ProvenDigest digest, DigestLogFile log)
    {
        string? name = digest.Layout.TryResolve(log.Key);
        if (name is not null)
        {
            _logs.Add(name);
        }

        return new NamedLogFile(name, log.Key, log.Hash, _store.PathOf(digest.Name.Name), digest.Digest.Start, digest.Digest.End)
        {
            OtherBucket = log.Bucket == (_store.Bucket ?? digest.Digest.Bucket) ? null : log.Bucket,
        };
    }
}
