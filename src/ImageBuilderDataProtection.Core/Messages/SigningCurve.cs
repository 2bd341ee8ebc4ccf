namespace ImageBuilderDataProtection.Messages;

/// <summary>The elliptic curve of a signing suite's ECDSA signature (framework/algorithm-suites.md, "Signature Settings").</summary>
public enum SigningCurve
{
    /// <summary>NIST P-256, signed with SHA-256.</summary>
    P256,

    /// <summary>NIST P-384, signed with SHA-384.</summary>
    P384,
}
