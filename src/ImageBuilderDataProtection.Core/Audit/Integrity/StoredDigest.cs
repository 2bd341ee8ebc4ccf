namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>A digest file in a store: its content, and the signature that is kept with it.</summary>
internal sealed record StoredDigest : IDisposable
{
    /// <summary>Its content, for reading once from its start; it tells its length.</summary>
    public required Stream Content { get; init; }

    /// <summary>The signature, in hexadecimal; null when there is none.</summary>
    public string? Signature { get; init; }

    /// <summary>What is wrong with the place where the signature is kept, as the end of a sentence; null when nothing is.</summary>
    public DataProtectionException? SignatureFailure { get; init; }

    /// <summary>A digest file whose signature is read now; the content stays readable when that fails.</summary>
    /// <param name="content">Its content.</param>
    /// <param name="readSignature">Reads the signature.</param>
    public static StoredDigest Create(Stream content, Func<string?> readSignature)
    {
        try
        {
            return new StoredDigest { Content = content, Signature = readSignature() };
        }
        catch (DataProtectionException failure)
        {
            return new StoredDigest { Content = content, SignatureFailure = failure };
        }
    }

    /// <inheritdoc />
    public void Dispose() => Content.Dispose();
}
