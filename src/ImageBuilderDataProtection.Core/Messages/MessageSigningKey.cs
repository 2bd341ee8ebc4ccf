using System.Diagnostics;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace ImageBuilderDataProtection.Messages;

/// <summary>The ECDSA key pair made for one message; the private key signs once and is then forgotten (framework/default-cmm.md).</summary>
internal sealed class MessageSigningKey
{
    private readonly SigningCurveParameters _curve;
    private readonly ECPrivateKeyParameters _privateKey;

    private MessageSigningKey(SigningCurveParameters curve)
    {
        _curve = curve;
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(curve.Domain, SystemRandomGenerator.Shared));
        AsymmetricCipherKeyPair pair = generator.GenerateKeyPair();
        _privateKey = (ECPrivateKeyParameters)pair.Private;
        PublicKey = Convert.ToBase64String(((ECPublicKeyParameters)pair.Public).Q.GetEncoded(compressed: true));
    }

    /// <summary>The compressed point in base64: the value of <c>aws-crypto-public-key</c>.</summary>
    public string PublicKey { get; }

    public int SignatureLength => _curve.SignatureLength;

    public static MessageSigningKey Generate(SigningCurve curve) => new(SigningCurveParameters.Get(curve));

    /// <summary>Signs header and body into a destination of <see cref="SignatureLength"/> bytes.</summary>
    public void Sign(ReadOnlySpan<byte> signed, Span<byte> destination)
    {
        Debug.Assert(destination.Length == SignatureLength, "The signature has a fixed length.");
        byte[] hash = _curve.Hash(signed);
        var signer = new ECDsaSigner();
        signer.Init(forSigning: true, new ParametersWithRandom(_privateKey, SystemRandomGenerator.Shared));
        BigInteger r, s;
        do
        {
            BigInteger[] signature = signer.GenerateSignature(hash);
            (r, s) = (signature[0], signature[1]);
            if (DerSignature.GetLength(r, s) != destination.Length)
            {
                // (r, n - s) is as good a signature, and just one of s and n - s has its top bit set. So only a number that
                // is short by chance, one in a hundred, has us sign again.
                s = _curve.Domain.N.Subtract(s);
            }
        }
        while (DerSignature.GetLength(r, s) != destination.Length);

        DerSignature.Write(r, s, destination);
    }
}
