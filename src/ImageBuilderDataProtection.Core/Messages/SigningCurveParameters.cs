using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// What signing and verifying need to know of a curve. The curve arithmetic is BouncyCastle's: for keys that live for one
/// message it is several times faster than importing them into the platform's library.
/// </summary>
internal sealed class SigningCurveParameters
{
    private static readonly SigningCurveParameters P256 = new("secp256r1", SHA256.HashSizeInBytes);
    private static readonly SigningCurveParameters P384 = new("secp384r1", SHA384.HashSizeInBytes);

    private readonly int _hashLength;

    private SigningCurveParameters(string name, int hashLength)
    {
        // The custom curves have field arithmetic of their own; the generic ones of the same name are several times slower.
        X9ECParameters curve = CustomNamedCurves.GetByName(name);
        Domain = new ECDomainParameters(curve);
        FieldLength = curve.Curve.FieldElementEncodingLength;
        _hashLength = hashLength;
    }

    public ECDomainParameters Domain { get; }

    /// <summary>The bytes of a coordinate and of a scalar: 32 or 48.</summary>
    public int FieldLength { get; }

    /// <summary>The bytes of a compressed point.</summary>
    public int PublicKeyLength => 1 + FieldLength;

    /// <summary>
    /// The bytes of the DER signatures we write: 71 or 103, as all the SDKs write them, so that the length of a message is
    /// known before it is signed. One of the two integers then has a leading zero byte, the other none.
    /// </summary>
    public int SignatureLength => 7 + (2 * FieldLength);

    public static SigningCurveParameters Get(SigningCurve curve) => curve == SigningCurve.P256 ? P256 : P384;

    /// <summary>The hash that is signed.</summary>
    public byte[] Hash(ReadOnlySpan<byte> signed) => _hashLength == SHA256.HashSizeInBytes ? SHA256.HashData(signed) : SHA384.HashData(signed);
}
