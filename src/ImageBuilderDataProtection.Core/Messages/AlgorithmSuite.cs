using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// One of the eleven algorithm suites of the AWS Encryption SDK (framework/algorithm-suites.md, "Supported Algorithm
/// Suites"). All encrypt with AES-GCM, 12-byte IV and 16-byte tag; they differ in key length, key derivation, key
/// commitment and signature. Immutable; there is one instance a suite.
/// </summary>
public sealed class AlgorithmSuite
{
    internal const int IvLength = 12;
    internal const int TagLength = 16;

    private static readonly AlgorithmSuite[] Table =
    [
        new(0x0014, "ALG_AES_128_GCM_IV12_TAG16_NO_KDF", 128, kdfHash: null),
        new(0x0046, "ALG_AES_192_GCM_IV12_TAG16_NO_KDF", 192, kdfHash: null),
        new(0x0078, "ALG_AES_256_GCM_IV12_TAG16_NO_KDF", 256, kdfHash: null),
        new(0x0114, "ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256", 128, HashAlgorithmName.SHA256),
        new(0x0146, "ALG_AES_192_GCM_IV12_TAG16_HKDF_SHA256", 192, HashAlgorithmName.SHA256),
        new(0x0178, "ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA256", 256, HashAlgorithmName.SHA256),
        new(0x0214, "ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256", 128, HashAlgorithmName.SHA256, Messages.SigningCurve.P256),
        new(0x0346, "ALG_AES_192_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 192, HashAlgorithmName.SHA384, Messages.SigningCurve.P384),
        new(0x0378, "ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 256, HashAlgorithmName.SHA384, Messages.SigningCurve.P384),
        new(0x0478, "ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY", 256, HashAlgorithmName.SHA512, isCommitting: true),
        new(0x0578, "ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384", 256, HashAlgorithmName.SHA512, Messages.SigningCurve.P384, isCommitting: true),
    ];

    private AlgorithmSuite(
        ushort id, string name, int keyBits, HashAlgorithmName? kdfHash, SigningCurve? signingCurve = null, bool isCommitting = false)
    {
        Id = id;
        Name = name;
        DataKeyLength = keyBits / 8;
        KdfHash = kdfHash;
        SigningCurve = signingCurve;
        IsCommitting = isCommitting;
    }

    /// <summary>Every suite, in the order of the identifiers.</summary>
    public static IReadOnlyList<AlgorithmSuite> All { get; } = Array.AsReadOnly(Table);

    /// <summary>The default for writing, 0x0578: key commitment and an ECDSA P-384 signature.</summary>
    public static AlgorithmSuite Default { get; } = Get(0x0578);

    /// <summary>The suite for writing without a signature, 0x0478: key commitment.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "The opposite of a signed message; no integer type is meant.")]
    public static AlgorithmSuite Unsigned { get; } = Get(0x0478);

    /// <summary>The two-byte identifier that stands in the header.</summary>
    public ushort Id { get; }

    /// <summary>The specification's name.</summary>
    public string Name { get; }

    /// <summary>The message format version this suite is written in: 2 for committing suites, else 1.</summary>
    public int MessageVersion => IsCommitting ? 2 : 1;

    /// <summary>The length in bytes of the data key that a keyring generates, and of the key derived from it: 16, 24 or 32.</summary>
    public int DataKeyLength { get; }

    /// <summary>The hash of the HKDF that derives the encryption key; null when the data key itself encrypts.</summary>
    public HashAlgorithmName? KdfHash { get; }

    /// <summary>Whether the message commits to one data key, so that no other can open it to another plaintext.</summary>
    public bool IsCommitting { get; }

    /// <summary>Whether the message ends with a signature.</summary>
    public bool IsSigning => SigningCurve is not null;

    /// <summary>The curve of the signature; null when the suite does not sign.</summary>
    public SigningCurve? SigningCurve { get; }

    internal int MessageIdLength => IsCommitting ? 32 : 16;

    /// <summary>The commit key is the suite data (data-format/message-header.md, "Algorithm Suite Data").</summary>
    internal int SuiteDataLength => IsCommitting ? 32 : 0;

    /// <summary>Version 1 stores the header's IV, version 2 leaves it out because it is always 0.</summary>
    internal int HeaderAuthenticationLength => IsCommitting ? TagLength : IvLength + TagLength;

    /// <summary>The suite with this identifier.</summary>
    /// <exception cref="DataProtectionException"><c>UnknownAlgorithmSuite</c>: the specification has no such suite.</exception>
    public static AlgorithmSuite Get(ushort id) =>
        Find(id) ?? throw new DataProtectionException(
            "UnknownAlgorithmSuite",
            FailureKind.InvalidArgument,
            $"0x{id:X4} is no algorithm suite of the AWS Encryption SDK; 0x0578 is the default and 0x0478 the one without a signature.");

    /// <summary>The identifier and the name.</summary>
    public override string ToString() => $"0x{Id:X4} {Name}";

    internal static AlgorithmSuite? Find(ushort id)
    {
        foreach (AlgorithmSuite suite in Table)
        {
            if (suite.Id == id)
            {
                return suite;
            }
        }

        return null;
    }
}
