namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>A digest file as it was found, before anything of it is believed.</summary>
internal sealed record DigestReading
{
    /// <summary>Its name.</summary>
    public required DigestName Name { get; init; }

    /// <summary>The SHA-256 hash of its uncompressed content.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>What it says; null when it cannot be read.</summary>
    public DigestFile? Digest { get; init; }

    /// <summary>How keys turn into names; null when it cannot be read or was moved.</summary>
    public DigestLayout? Layout { get; init; }

    /// <summary>The signature that is kept with it; null when there is none.</summary>
    public string? Signature { get; init; }

    /// <summary>What is wrong with the place where its signature is kept, as the end of a sentence; null when nothing is.</summary>
    public DataProtectionException? SignatureFailure { get; init; }

    /// <summary>Why it cannot be read, as the end of a sentence; null when it can.</summary>
    public DataProtectionException? Failure { get; init; }

    /// <summary>Reads a digest file, and the signature that is kept with it.</summary>
    public static DigestReading Read(ILogStore store, DigestName name, CancellationToken cancellationToken)
    {
        var reading = new DigestReading { Name = name };
        try
        {
            using StoredDigest stored = store.OpenDigest(name.Name, cancellationToken) ?? throw new DataProtectionException("FileNotFound", FailureKind.NotFound, "is no longer there");
            reading = reading with { Signature = stored.Signature, SignatureFailure = stored.SignatureFailure };
            byte[] content = GzipContent.ReadAll(stored.Content, DigestFile.MaxBytes, cancellationToken);
            DigestFile digest = DigestFile.Parse(content);
            return reading with
            {
                Hash = System.Security.Cryptography.SHA256.HashData(content),
                Digest = digest,
                Layout = DigestLayout.TryCreate(name.Name, digest.Key),
            };
        }
        catch (DataProtectionException failure)
        {
            return reading with { Failure = failure };
        }
        catch (IOException failure)
        {
            return reading with
            {
                Failure = new DataProtectionException("ReadFailed", FailureKind.Unavailable, $"could not be read: {failure.Message.TrimEnd('.')}", failure),
            };
        }
    }
}
