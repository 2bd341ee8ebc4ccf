using System.Diagnostics;
using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Verifies the digest files of one chain, from the oldest to the newest, and finds the log files that they name ("Custom
/// implementations of CloudTrail log file integrity validation" in the CloudTrail User Guide). A signature proves a digest file
/// wherever it was found: beside the file, or in the next digest file, even if that one is proven by nothing itself.
/// </summary>
internal sealed class DigestChain
{
    private readonly ILogStore _store;
    private readonly Func<CancellationToken, DigestPublicKeys> _findKeys;
    private readonly LogCoverage _coverage;
    private readonly DigestName[] _names;
    private DigestPublicKeys? _keys;
    private readonly Dictionary<string, int> _places;
    private DateTime? _start;

    /// <summary>A chain.</summary>
    /// <param name="store">Where the files are.</param>
    /// <param name="keys">Finds the public keys.</param>
    /// <param name="coverage">Is told what the chain covers.</param>
    /// <param name="names">All digest files of the chain that are there.</param>
    public DigestChain(ILogStore store, Func<CancellationToken, DigestPublicKeys> keys, LogCoverage coverage, IEnumerable<DigestName> names)
    {
        _store = store;
        _findKeys = keys;
        _coverage = coverage;
        _names = [.. names.OrderBy(static name => name.End).ThenBy(static name => name.Name, StringComparer.Ordinal)];
        _places = _names.Select(static (name, place) => (name, place)).ToDictionary(static pair => pair.name.Name, static pair => pair.place, StringComparer.Ordinal);
    }

    /// <summary>The names of digest files that were missed on the way.</summary>
    public HashSet<string> Missed { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether any digest file covers a part of the time.</summary>
    public bool Covers(DateTime? start, DateTime? end, CancellationToken cancellationToken) =>
        Enumerable.Range(0, _names.Length).Any(place => IsWithin(place, start, end, cancellationToken));

    /// <summary>Verifies the digest files that cover a time: each, and then the log files that it names, which are yet to be read.</summary>
    /// <param name="start">The start, UTC; null for the first digest file.</param>
    /// <param name="end">The end, UTC; null for the last digest file.</param>
    /// <param name="parallelism">How many digest files are read at a time.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public IEnumerable<ChainStep> Verify(DateTime? start, DateTime? end, int parallelism, CancellationToken cancellationToken)
    {
        if (TryFindKeys(cancellationToken) is { } problem)
        {
            yield return problem;
            yield break;
        }

        // In order of their ends, so those that cover the time are neighbours.
        int[] places = [.. Enumerable.Range(0, _names.Length).Where(place => IsWithin(place, start, end, cancellationToken))];
        if (places.Length == 0)
        {
            yield break;
        }

        // One more than is judged: the next one is read first, for the signature that it holds.
        using OrderedScan<DigestName, DigestReading> scan = ReadAhead(_names[places[0]..Math.Min(places[^1] + 2, _names.Length)], parallelism, cancellationToken);
        using IEnumerator<DigestReading> readings = scan.TakeAll().GetEnumerator();
        DigestReading? ahead = Next(readings);
        ProvenDigest? last = null;
        DateTime? provenUntil = null;
        foreach (int place in places)
        {
            DigestReading current = ahead!;
            ahead = Next(readings);
            (LogIntegrityStatus status, string reason, string? signature) = Judge(current, ahead);
            if (SignatureProblem(current, signature) is { } signatureProblem)
            {
                yield return signatureProblem;
            }

            if (signature is null)
            {
                DateTime? since = provenUntil ?? current.Digest?.Start;
                Leave(current.Name, since, current.Name.End);
                foreach (DigestLogFile log in current.Digest?.LogFiles ?? [])
                {
                    Note(current, log);
                }

                yield return DigestResult(current.Name.Name, status, reason) with { UnprovenSince = since, UnprovenUntil = current.Name.End };
                last = null;
                continue;
            }

            foreach (LogIntegrityResult broken in Link(place, current, last, provenUntil, start, cancellationToken))
            {
                yield return broken;
            }

            DigestFile digest = current.Digest!;
            yield return DigestResult(current.Name.Name, status, reason);
            if (!current.Name.IsBackfill)
            {
                _coverage.AddProven(current.Name.Folder, digest.Start, digest.End);
                provenUntil = digest.End;
            }

            last = new ProvenDigest(current.Name, current.Hash, signature);
            foreach (DigestLogFile log in digest.LogFiles)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ChainStep(
                    Result: null, new NamedLogFile(Note(current, log), log.Key, log.Hash, _store.PathOf(current.Name.Name), digest.Start, digest.End));
            }
        }
    }

    // Without keys nothing of the chain is proven, and none of its files need be read to say so.
    private LogIntegrityResult? TryFindKeys(CancellationToken cancellationToken)
    {
        try
        {
            _keys = _findKeys(cancellationToken);
            return null;
        }
        catch (DataProtectionException failure) when (failure.ErrorId == IDigestKeySource.KeysUnavailable)
        {
            foreach (string folder in _names.Select(static name => name.Folder).OfType<string>().Distinct())
            {
                _coverage.AddUnproven(folder, since: null, DateTime.MaxValue);
            }

            return new LogIntegrityResult
            {
                File = _store.PathOf(_names[0].Folder ?? _names[0].Name),
                Kind = _names[0].Folder is null ? LogIntegrityFileKind.DigestFile : LogIntegrityFileKind.Folder,
                Status = LogIntegrityStatus.Unproven,
                Reason = $"The digest files cannot be verified: {failure.Message}",
            };
        }
    }

    // What a digest file covers begins where the one before it ends; the names tell that much.
    private bool IsWithin(int place, DateTime? start, DateTime? end, CancellationToken cancellationToken) =>
        (start is null || _names[place].End >= start) && (end is null || (place == 0 ? _start ??= ReadStart(cancellationToken) : _names[place - 1].End) < end);

    // The first begins when it says, which only matters here; what it says is verified later. CloudTrail's cover an hour.
    private DateTime ReadStart(CancellationToken cancellationToken) => DigestReading.Read(_store, _names[0], cancellationToken).Digest?.Start ?? _names[0].End.Shift(TimeSpan.FromHours(-1));

    // A digest file may name many log files, so few are held.
    private OrderedScan<DigestName, DigestReading> ReadAhead(DigestName[] names, int parallelism, CancellationToken cancellationToken)
    {
        var scan = new OrderedScan<DigestName, DigestReading>(parallelism, cancellationToken)
        {
            NewReader = () => new DigestReader(_store),
            BytesOf = static _ => 0,
            OfListing = static failure => throw new UnreachableException("These names are at hand.", failure),
            SourcesAhead = 2,
        };
        scan.Add(names);
        return scan;
    }

    private static DigestReading? Next(IEnumerator<DigestReading> readings) => readings.MoveNext() ? readings.Current : null;

    private (LogIntegrityStatus Status, string Reason, string? Signature) Judge(DigestReading reading, DigestReading? next)
    {
        if (reading.Digest is not { } digest)
        {
            return (LogIntegrityResult.StatusOf(reading.Failure!), $"The digest file {reading.Failure!.Message}.", null);
        }

        if (reading.Layout is null)
        {
            return (LogIntegrityStatus.Invalid, $"The digest file was moved: it was delivered as \"{digest.Key}\".", null);
        }

        // The end stands in the name, too, by which the chain is put in order.
        if (!reading.Name.IsBackfill && digest.End != reading.Name.End)
        {
            return (LogIntegrityStatus.Invalid, $"The digest file covers the time until {digest.EndTime}, which is not what its name says.", null);
        }

        if (_keys!.Find(digest.KeyFingerprint) is not { } key)
        {
            return (LogIntegrityStatus.Unproven, $"The digest file names the public key {digest.KeyFingerprint}, which is not among those given.", null);
        }

        string? ofNext = next?.Digest?.Previous is { } link && link.Key == digest.Key ? link.Signature : null;
        string[] signatures = [.. new[] { reading.Signature, ofNext }.OfType<string>()];
        if (signatures.Length == 0)
        {
            return (
                LogIntegrityStatus.Unproven,
                $"The digest file's signature is neither {_store.Signatures.Place} nor in a digest file after it; {_store.Signatures.Advice}.",
                null);
        }

        byte[] data = digest.DataToSign(reading.Hash);
        return signatures.FirstOrDefault(signature => key.Verify(data, signature)) is { } proof
            ? (LogIntegrityStatus.Valid, "The signature is right.", proof)
            : (LogIntegrityStatus.Invalid, "The signature is not that of this content: the digest file or its signature was changed.", null);
    }

    private LogIntegrityResult? SignatureProblem(DigestReading reading, string? proof)
    {
        string? problem = reading.SignatureFailure is { } failure ? failure.Message
            : reading.Signature is not null && proof is not null && !IsSame(reading.Signature, proof) ? "was changed: its signature is not that of the digest file, which the next digest file proves"
            : null;
        string path = _store.SignaturePathOf(reading.Name.Name);
        return problem is null ? null : new LogIntegrityResult
        {
            File = path,
            Kind = LogIntegrityFileKind.SignatureFile,
            Status = reading.SignatureFailure is null ? LogIntegrityStatus.Invalid : LogIntegrityResult.StatusOf(reading.SignatureFailure),
            Reason = $"The signature {(path == _store.PathOf(reading.Name.Name) ? "in the metadata" : "file")} {problem}.",
            DigestFile = _store.PathOf(reading.Name.Name),
        };
    }

    // What a proven digest file says of the one before it.
    private IEnumerable<LogIntegrityResult> Link(int place, DigestReading reading, ProvenDigest? last, DateTime? provenUntil, DateTime? start, CancellationToken cancellationToken)
    {
        DigestName name = reading.Name;
        DigestFile digest = reading.Digest!;
        if (digest.Previous is not { } link)
        {
            if (place > 0 && !name.IsBackfill && !(digest.Start <= start))
            {
                DateTime since = provenUntil ?? _names[place - 1].End;
                Leave(name, since, digest.Start);
                yield return DigestResult(
                    name.Name, LogIntegrityStatus.Gap, $"The digest file starts a new chain: no digest files were made from {Text(since)} to {digest.StartTime}.") with
                {
                    UnprovenSince = since, UnprovenUntil = digest.Start,
                };
            }

            yield break;
        }

        string? previous = reading.Layout!.Value.TryResolve(link.Key);
        DateTime? previousEnd = DigestName.TryParse(link.Key)?.End;
        int? previousPlace = previous is not null && _places.TryGetValue(previous, out int found) ? found : null;
        if (previousPlace is null && !IsThere(previous, cancellationToken) && !((previousEnd ?? digest.Start) < start))
        {
            Leave(name, provenUntil, digest.Start);
            Missed.Add(previous ?? link.Key);
            yield return DigestResult(
                previous ?? link.Key,
                LogIntegrityStatus.Missing,
                previous is null
                    ? "The digest file before the first one here is outside this folder."
                    : $"The digest file is missing, and so may be others before it: \"{FileName(name.Name)}\" follows it.") with
            {
                DigestFile = _store.PathOf(name.Name), UnprovenSince = provenUntil, UnprovenUntil = digest.Start,
            };
        }

        if (!name.IsBackfill && previousEnd < digest.Start)
        {
            _coverage.AddLinked(name.Folder, previousEnd.Value, digest.Start);
        }

        // Those that stand between the two are no part of the chain, whether or not they are CloudTrail's.
        for (int between = place - 1; !name.IsBackfill && previousEnd is not null && between >= 0 && between != previousPlace && !(_names[between].End <= previousEnd) && !(_names[between].End < start); between--)
        {
            yield return DigestResult(
                _names[between].Name, LogIntegrityStatus.Unexpected, $"The digest file is no part of the chain: \"{FileName(name.Name)}\" follows \"{FileName(link.Key)}\".");
        }

        if (last is not null && last.Name.Name == previous
            && !(IsSame(last.Signature, link.Signature) && IsSame(Convert.ToHexString(last.Hash), link.Hash)))
        {
            yield return DigestResult(
                last.Name.Name, LogIntegrityStatus.Invalid, $"The digest file is not the one that \"{FileName(name.Name)}\" follows: its hash or signature is another.");
        }
    }

    // A log file that a digest file names is no extra file, even when nothing proves the digest file.
    private string? Note(DigestReading reading, DigestLogFile log)
    {
        string? name = reading.Layout?.TryResolve(log.Key);
        if (name is not null)
        {
            _coverage.AddLogFile(name);
        }

        return name;
    }

    // A backfill digest file adds to what others cover; nothing is covered by it alone.
    private void Leave(DigestName name, DateTime? since, DateTime until)
    {
        if (!name.IsBackfill)
        {
            _coverage.AddUnproven(name.Folder, since, until);
        }
    }

    private bool IsThere(string? name, CancellationToken cancellationToken)
    {
        try
        {
            using Stream? file = name is null ? null : _store.Open(name, cancellationToken);
            return file is not null;
        }
        catch (DataProtectionException)
        {
            // Something is there; its own chain says what is wrong with it.
            return true;
        }
    }

    private LogIntegrityResult DigestResult(string name, LogIntegrityStatus status, string reason) => new()
    {
        File = _store.PathOf(name),
        Kind = LogIntegrityFileKind.DigestFile,
        Status = status,
        Reason = reason,
    };

    private static bool IsSame(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static string FileName(string name) => name[(name.LastIndexOf('/') + 1)..];

    private static string Text(DateTime time) => time.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture);
}
