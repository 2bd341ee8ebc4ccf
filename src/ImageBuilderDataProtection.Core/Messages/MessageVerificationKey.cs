using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace ImageBuilderDataProtection.Messages;

/// <summary>The public key that a signed message carries in its encryption context.</summary>
internal sealed class MessageVerificationKey
{
    private readonly SigningCurveParameters _curve;
    private readonly ECPublicKeyParameters _publicKey;

    private MessageVerificationKey(SigningCurveParameters curve, ECPublicKeyParameters publicKey)
    {
        _curve = curve;
        _publicKey = publicKey;
    }

    /// <summary>Reads a compressed point in base64; null when it is not a point of the curve.</summary>
    public static MessageVerificationKey? TryRead(string text, SigningCurve signingCurve)
    {
        var curve = SigningCurveParameters.Get(signingCurve);
        byte[] point = new byte[curve.PublicKeyLength];
        if (!Convert.TryFromBase64String(text, point, out int length) || length != point.Length || point[0] is not (2 or 3))
        {
            return null;
        }

        try
        {
            return new MessageVerificationKey(curve, new ECPublicKeyParameters(curve.Domain.Curve.DecodePoint(point), curve.Domain));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Verifies a signature over header and body.</summary>
    public bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (!DerSignature.TryRead(signature, out BigInteger r, out BigInteger s))
        {
            return false;
        }

        var verifier = new ECDsaSigner();
        verifier.Init(forSigning: false, _publicKey);
        return verifier.VerifySignature(_curve.Hash(signed), r, s);
    }
}
