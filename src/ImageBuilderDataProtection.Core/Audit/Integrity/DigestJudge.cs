namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// Says of a digest file whether it is proven ("Custom implementations of CloudTrail log file integrity validation" in the CloudTrail
/// User Guide). A signature proves a digest file wherever it was found: beside the file, or in a digest file after it, even if that one is
/// proven by nothing itself.
/// </summary>
/// <param name="store">Where the files are.</param>
/// <param name="keys">The public keys.</param>
internal sealed class DigestJudge(ILogStore store, DigestPublicKeys keys)
{
    /// <summary>Judges a digest file.</summary>
    /// <param name="reading">The digest file.</param>
    /// <param name="bucket">The bucket to which the proven one before it was delivered, or another of its trail; null when there is none.</param>
    /// <param name="ahead">The digest files after it, which are looked at while it takes one to prove it.</param>
    public DigestVerdict Judge(DigestReading reading, string? bucket, IEnumerable<DigestReading> ahead)
    {
        if (reading.Digest is not { } digest)
        {
            return new DigestVerdict(LogIntegrityResult.StatusOf(reading.Failure!), $"The digest file {reading.Failure!.Message}.", null);
        }

        if (reading.Layout is null)
        {
            return new DigestVerdict(LogIntegrityStatus.Invalid, $"The digest file was moved: it was delivered as \"{digest.Key}\".", null);
        }

        // The end stands in the name, too, by which the chain is put in order.
        if (!reading.Name.IsBackfill && digest.End != reading.Name.End)
        {
            return new DigestVerdict(LogIntegrityStatus.Invalid, $"The digest file covers the time until {digest.EndTime}, which is not what its name says.", null);
        }

        if (keys.Find(digest.KeyFingerprint) is not { } key)
        {
            return new DigestVerdict(LogIntegrityStatus.Unproven, $"The digest file names the public key {digest.KeyFingerprint}, which is not among those given.", null);
        }

        DigestVerdict verdict = Verify(reading, digest, key, ahead);
        return verdict.Signature is not null && MovedFrom(digest, bucket) is { } here
            ? new DigestVerdict(LogIntegrityStatus.Invalid, $"The digest file was moved: it was delivered to the bucket \"{digest.Bucket}\", and not to \"{here}\".", null) { IsOfOtherBucket = true }
            : verdict;
    }

    /// <summary>What is wrong with the place where a digest file's signature is kept; null when nothing is.</summary>
    /// <param name="reading">The digest file.</param>
    /// <param name="proof">The signature that proves it; null when none does.</param>
    public LogIntegrityResult? SignatureProblem(DigestReading reading, string? proof)
    {
        string? problem = reading.SignatureFailure is { } failure ? failure.Message
            : reading.Signature is not null && proof is not null && !IsSame(reading.Signature, proof) ? "was changed: its signature is not that of the digest file, which one after it proves"
            : null;
        string path = store.SignaturePathOf(reading.Name.Name);
        return problem is null ? null : new LogIntegrityResult
        {
            File = path,
            Kind = LogIntegrityFileKind.SignatureFile,
            Status = reading.SignatureFailure is null ? LogIntegrityStatus.Invalid : LogIntegrityResult.StatusOf(reading.SignatureFailure),
            Reason = $"The signature {(path == store.PathOf(reading.Name.Name) ? "in the metadata" : "file")} {problem}.",
            DigestFile = store.PathOf(reading.Name.Name),
        };
    }

    // CloudTrail signs for whoever has a trail of this name, in any bucket of theirs. A copy does not tell which one it is of; there, all of
    // a chain are of one bucket, until one says that it follows one in the bucket before.
    private string? MovedFrom(DigestFile digest, string? before) => store.Bucket is { } bucket
        ? (digest.Bucket == bucket ? null : bucket)
        : before is null || digest.Bucket == before || digest.Previous?.Bucket == before ? null : before;

    private DigestVerdict Verify(DigestReading reading, DigestFile digest, DigestPublicKey key, IEnumerable<DigestReading> ahead)
    {
        byte[] data = digest.DataToSign(reading.Hash);
        if (reading.Signature is { } own && key.Verify(data, own))
        {
            return Proven(own);
        }

        bool isAhead = false;
        foreach (string signature in ahead.Select(static next => next.Digest?.Previous).Where(link => link?.Key == digest.Key).Select(static link => link!.Signature))
        {
            isAhead = true;
            if (key.Verify(data, signature))
            {
                return Proven(signature);
            }
        }

        // Who names another signature in a digest file after it may be anyone: that is not proven yet.
        return reading.Signature is not null
            ? new DigestVerdict(LogIntegrityStatus.Invalid, "The signature is not that of this content: the digest file or its signature was changed.", null)
            : new DigestVerdict(
                LogIntegrityStatus.Unproven,
                $"The digest file's signature is neither {store.Signatures.Place} nor in a digest file after it{(isAhead ? ", where another is" : "")}; {store.Signatures.Advice}.",
                null);
    }

    private static DigestVerdict Proven(string signature) => new(LogIntegrityStatus.Valid, "The signature is right.", signature);

    private static bool IsSame(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
