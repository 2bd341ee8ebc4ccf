using System.Security.Cryptography;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>A public key that verifies digest files.</summary>
internal sealed class DigestPublicKey
{
    private readonly RSAParameters _key;

    private DigestPublicKey(RSAParameters key, IReadOnlyList<string> fingerprints)
    {
        _key = key;
        Fingerprints = fingerprints;
    }

    /// <summary>The fingerprints by which digest files may name the key, in lower-case hexadecimal.</summary>
    public IReadOnlyList<string> Fingerprints { get; }

    /// <summary>Reads a key: DER, in the form of PKCS #1 or of SubjectPublicKeyInfo. ListPublicKeys has been seen to give either.</summary>
    /// <exception cref="CryptographicException">It is no RSA public key.</exception>
    public static DigestPublicKey Parse(ReadOnlySpan<byte> der, string? fingerprint = null)
    {
        using RSA rsa = RSA.Create();
        try
        {
            rsa.ImportRSAPublicKey(der, out _);
        }
        catch (CryptographicException)
        {
            rsa.ImportSubjectPublicKeyInfo(der, out _);
        }

        string[] fingerprints = [Fingerprint(rsa.ExportRSAPublicKey()), Fingerprint(rsa.ExportSubjectPublicKeyInfo()), Fingerprint(der)];
        return new DigestPublicKey(
            rsa.ExportParameters(includePrivateParameters: false),
            [.. (fingerprint is null ? fingerprints : [.. fingerprints, fingerprint.ToLowerInvariant()]).Distinct()]);
    }

    /// <summary>
    /// CloudTrail's fingerprint of a key: the MD5 hash of its DER form. The guide does not say so; its example keys show it. It
    /// only tells keys apart, and proves nothing.
    /// </summary>
    public static string Fingerprint(ReadOnlySpan<byte> der)
    {
#pragma warning disable CA5351 // The format asks for it; see above.
        return Convert.ToHexString(MD5.HashData(der)).ToLowerInvariant();
#pragma warning restore CA5351
    }

    /// <summary>Whether a signature, in hexadecimal, is the key's for these data.</summary>
    public bool Verify(ReadOnlySpan<byte> data, string signature)
    {
        if (signature.Length % 2 != 0 || !signature.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        using var rsa = RSA.Create(_key);
        return rsa.VerifyData(data, Convert.FromHexString(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
