using System.Security.Cryptography;
using ImageBuilderDataProtection.Messages;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace ImageBuilderDataProtection.Bench;

/// <summary>
/// The bare cryptography that no implementation of the message format can do without, over the same bytes and frames, with
/// everything that can be made beforehand made beforehand: no parsing, no serialising, no checks.
/// </summary>
internal sealed class Primitives
{
    private static readonly ECDomainParameters P384 = new(CustomNamedCurves.GetByName("P-384"));

    private readonly byte[] _plaintext;
    private readonly byte[] _ciphertext;
    private readonly byte[] _headerBytes;
    private readonly byte[] _dataKey = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _messageId = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _derivedKey = new byte[32];
    private readonly byte[] _commitKey = new byte[32];
    private readonly byte[] _headerTag = new byte[16];
    private readonly byte[] _tags;
    private readonly byte[] _frameAad = new byte[80];
    private readonly byte[] _hashed;
    private readonly int _frameLength;
    private readonly bool _signed;
    private readonly byte[] _publicKey;
    private readonly Org.BouncyCastle.Math.BigInteger _r;
    private readonly Org.BouncyCastle.Math.BigInteger _s;
    private readonly byte[] _digest = new byte[48];

    public Primitives(int length, int headerLength, int messageLength, int frameLength, bool signed)
    {
        _frameLength = frameLength;
        _signed = signed;
        _plaintext = RandomNumberGenerator.GetBytes(length);
        _ciphertext = new byte[length];
        _headerBytes = RandomNumberGenerator.GetBytes(headerLength);
        _tags = new byte[16 * ((length / frameLength) + 1)];
        _hashed = RandomNumberGenerator.GetBytes(messageLength);
        AsymmetricCipherKeyPair pair = GenerateKeyPair();
        _publicKey = ((ECPublicKeyParameters)pair.Public).Q.GetEncoded(compressed: true);
        SHA384.HashData(_hashed, _digest);
        (_r, _s) = Sign(pair.Private, _digest);
        Protect();
    }

    /// <summary>What protecting must spend: key pair, HKDF, header tag, every frame, SHA-384 over the message, signature.</summary>
    public void Protect()
    {
        AsymmetricCipherKeyPair? pair = _signed ? GenerateKeyPair() : null;
        DeriveKeys();
        using (var aes = new AesGcm(_derivedKey, 16))
        {
            Span<byte> nonce = stackalloc byte[12];
            nonce.Clear();
            aes.Encrypt(nonce, default, default, _headerTag, _headerBytes);
            int frame = 0;
            for (int at = 0; at < _plaintext.Length; at += _frameLength, frame++)
            {
                int length = Math.Min(_frameLength, _plaintext.Length - at);
                nonce[11] = (byte)(frame + 1);
                nonce[10] = (byte)((frame + 1) >> 8);
                aes.Encrypt(nonce, _plaintext.AsSpan(at, length), _ciphertext.AsSpan(at, length), _tags.AsSpan(frame * 16, 16), _frameAad);
            }
        }

        if (pair is not null)
        {
            SHA384.HashData(_hashed, _digest);
            Sign(pair.Private, _digest);
        }
    }

    /// <summary>What opening must spend: HKDF, header tag, every frame, SHA-384 over the message, public key import, verification.</summary>
    public void Open()
    {
        DeriveKeys();
        using (var aes = new AesGcm(_derivedKey, 16))
        {
            Span<byte> nonce = stackalloc byte[12];
            nonce.Clear();
            aes.Decrypt(nonce, default, _headerTag, default, _headerBytes);
            int frame = 0;
            for (int at = 0; at < _plaintext.Length; at += _frameLength, frame++)
            {
                int length = Math.Min(_frameLength, _plaintext.Length - at);
                nonce[11] = (byte)(frame + 1);
                nonce[10] = (byte)((frame + 1) >> 8);
                aes.Decrypt(nonce, _ciphertext.AsSpan(at, length), _tags.AsSpan(frame * 16, 16), _plaintext.AsSpan(at, length), _frameAad);
            }
        }

        if (_signed)
        {
            SHA384.HashData(_hashed, _digest);
            var signer = new ECDsaSigner();
            signer.Init(forSigning: false, new ECPublicKeyParameters(P384.Curve.DecodePoint(_publicKey), P384));
            if (!signer.VerifySignature(_digest, _r, _s))
            {
                throw new InvalidOperationException("The bare primitive does not verify its own signature.");
            }
        }
    }

    private void DeriveKeys()
    {
        Span<byte> pseudoRandomKey = stackalloc byte[64];
        Span<byte> block = stackalloc byte[64];

        // HKDF as the three HMACs it comes down to here, which is faster than the HKDF class.
        HMACSHA512.HashData(_messageId, _dataKey, pseudoRandomKey);
        HMACSHA512.HashData(pseudoRandomKey, "\x05\x78DERIVEKEY\x01"u8, block);
        block[..32].CopyTo(_derivedKey);
        HMACSHA512.HashData(pseudoRandomKey, "COMMITKEY\x01"u8, block);
        block[..32].CopyTo(_commitKey);
    }

    private static AsymmetricCipherKeyPair GenerateKeyPair()
    {
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(P384, SystemRandomGenerator.Shared));
        return generator.GenerateKeyPair();
    }

    private static (Org.BouncyCastle.Math.BigInteger R, Org.BouncyCastle.Math.BigInteger S) Sign(AsymmetricKeyParameter key, byte[] digest)
    {
        var signer = new ECDsaSigner();
        signer.Init(forSigning: true, new ParametersWithRandom(key, SystemRandomGenerator.Shared));
        Org.BouncyCastle.Math.BigInteger[] signature = signer.GenerateSignature(digest);
        return (signature[0], signature[1]);
    }
}
