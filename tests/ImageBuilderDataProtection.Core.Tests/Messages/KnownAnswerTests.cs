using System.Security.Cryptography;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;
using Org.BouncyCastle.Crypto.EC;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>The bytes themselves, against bytes written down by hand and against <see cref="HandMadeMessage"/>.</summary>
public sealed class KnownAnswerTests
{
    private static readonly byte[] DataKey = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    // By UTF-8 bytes: "a" 61, "z" 7A, U+00E9 C3A9, U+FFFD EFBFBD, U+1F600 F09F9880. By UTF-16 the last would stand before U+FFFD.
    private static readonly Dictionary<string, string> SupplementaryContext = new()
    {
        ["\U0001F600"] = "smile", ["\uFFFD"] = "replacement", ["é"] = "acute", ["z"] = "", ["a"] = "1",
    };

    public static TheoryData<ushort> UnsignedSuites => [.. AlgorithmSuite.All.Where(static suite => !suite.IsSigning).Select(static suite => suite.Id)];

    public static TheoryData<ushort> SignedSuites => [.. AlgorithmSuite.All.Where(static suite => suite.IsSigning).Select(static suite => suite.Id)];

    [Fact]
    public void A_version_2_header_is_these_bytes()
    {
        byte[] header = WriteHeader(AlgorithmSuite.Unsigned, MessageSamples.Context(("b", "2"), ("a", "")), messageIdByte: 0x11, commitKeyByte: 0x22);
        Assert.Equal(
            "02" + "0478" + new string('1', 64)
            + "000D" + "0002" + "0001" + "61" + "0000" + "0001" + "62" + "0001" + "32"
            + "0001" + "0005" + "7465737473" + "0005" + "61206B6579" + "0003" + "C1C2C3"
            + "02" + "00001000" + new string('2', 64),
            Convert.ToHexString(header));
    }

    [Fact]
    public void A_version_1_header_with_an_empty_context_is_these_bytes()
    {
        byte[] header = WriteHeader(AlgorithmSuite.Get(0x0014), EncryptionContext.Empty, messageIdByte: 0x11, commitKeyByte: 0);
        Assert.Equal(
            "01" + "80" + "0014" + new string('1', 32)
            + "0000"
            + "0001" + "0005" + "7465737473" + "0005" + "61206B6579" + "0003" + "C1C2C3"
            + "02" + "00000000" + "0C" + "00001000",
            Convert.ToHexString(header));
    }

    [Fact]
    public void The_additional_data_of_a_body_is_these_bytes()
    {
        byte[] buffer = new byte[BodyAad.MaxLength];
        byte[] messageId = [0xAB, 0xCD];
        Assert.Equal(
            "ABCD" + Convert.ToHexString("AWSKMSEncryptionClient Frame"u8) + "00000003" + "0000000000001000",
            Convert.ToHexString(BodyAad.RegularFrame(buffer, messageId).For(3, 4096)));
        Assert.Equal(
            "ABCD" + Convert.ToHexString("AWSKMSEncryptionClient Final Frame"u8) + "00000004" + "0000000000000000",
            Convert.ToHexString(BodyAad.FinalFrame(buffer, messageId).For(4, 0)));
        Assert.Equal(
            "ABCD" + Convert.ToHexString("AWSKMSEncryptionClient Single Block"u8) + "00000001" + "0000000000000102",
            Convert.ToHexString(BodyAad.SingleBlock(buffer, messageId).For(1, 258)));
        Assert.Equal(BodyAad.MaxLength, BodyAad.SingleBlock(buffer, new byte[32]).For(1, 0).Length);
    }

    [Fact]
    public void Contexts_sort_by_their_UTF8_bytes()
    {
        var context = EncryptionContext.Create(SupplementaryContext);
        Assert.Equal(["a", "z", "é", "\uFFFD", "\U0001F600"], context.Keys);
        byte[] serialized = new byte[ContextSerializer.GetLength(context)];
        var writer = new MessageWriter(serialized);
        ContextSerializer.Write(context, ref writer);
        Assert.Equal(RawAesKeyring.Serialize(SupplementaryContext), serialized);
    }

    [Theory]
    [MemberData(nameof(UnsignedSuites))]
    public async Task An_unsigned_message_equals_the_hand_made_one_byte_for_byte(ushort suiteId)
    {
        var suite = AlgorithmSuite.Get(suiteId);
        foreach ((int size, int frameLength) in ((int, int)[])[(0, 4096), (1, 4096), (64, 16), (65, 16), (4096, 4096)])
        {
            byte[] plaintext = MessageSamples.Plaintext(size);
            byte[] message = await MessageEncryptor.EncryptAsync(
                plaintext,
                EncryptionContext.Create(SupplementaryContext),
                new FixedKeyring(DataKey),
                MessageSamples.OptionsFor(suite, frameLength),
                CancellationToken.None);
            var expected = new HandMadeMessage
            {
                Suite = suite,
                DataKey = DataKey,
                MessageId = MessageHeader.Read(message).MessageId.ToArray(),
                Plaintext = plaintext,
                StoredContext = SupplementaryContext,
                FrameLength = frameLength,
            };
            Assert.Equal(expected.WriteUnsigned(), message);
        }
    }

    [Theory]
    [MemberData(nameof(SignedSuites))]
    public async Task A_signed_message_equals_the_hand_made_one_and_the_platform_verifies_its_signature(ushort suiteId)
    {
        var suite = AlgorithmSuite.Get(suiteId);
        var keyring = new FixedKeyring(DataKey);
        byte[] plaintext = MessageSamples.Plaintext(100);
        byte[] message = await MessageEncryptor.EncryptAsync(
            plaintext, MessageSamples.WorkflowContext, keyring, MessageSamples.OptionsFor(suite, frameLength: 64), CancellationToken.None);
        var header = MessageHeader.Read(message);
        Assert.Equal(header.EncryptionContext, keyring.Context);
        var expected = new HandMadeMessage
        {
            Suite = suite,
            DataKey = DataKey,
            MessageId = header.MessageId.ToArray(),
            Plaintext = plaintext,
            StoredContext = header.EncryptionContext,
            FrameLength = 64,
        };
        byte[] signed = expected.WriteUnsigned();
        Assert.Equal(signed, message[..signed.Length]);
        using ECDsa publicKey = ImportPoint(header.EncryptionContext[EncryptionContext.PublicKeyKey], suite.SigningCurve!.Value);
        HashAlgorithmName hash = suite.SigningCurve == SigningCurve.P256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
        Assert.True(publicKey.VerifyData(signed, message[(signed.Length + 2)..], hash, DSASignatureFormat.Rfc3279DerSequence));
    }

    [Theory]
    [MemberData(nameof(SignedSuites))]
    public async Task A_hand_made_signed_message_opens_whatever_the_length_of_its_signature(ushort suiteId)
    {
        var suite = AlgorithmSuite.Get(suiteId);
        var lengths = new HashSet<int>();
        for (int i = 0; i < 12; i++)
        {
            using var signingKey = ECDsa.Create(suite.SigningCurve == SigningCurve.P256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
            var made = new HandMadeMessage
            {
                Suite = suite,
                DataKey = DataKey,
                Plaintext = [1, 2, 3],
                StoredContext = new Dictionary<string, string> { [EncryptionContext.PublicKeyKey] = HandMadeMessage.PublicKeyOf(signingKey) },
            };
            byte[] message = made.WriteSigned(signingKey);
            lengths.Add(message.Length);
            Assert.Equal([1, 2, 3], (await OpenAsync(message)).Plaintext);
        }

        Assert.True(lengths.Count > 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task A_body_of_one_block_opens(int size)
    {
        foreach (AlgorithmSuite suite in AlgorithmSuite.All.Where(static suite => !suite.IsSigning))
        {
            var made = new HandMadeMessage { Suite = suite, DataKey = DataKey, Plaintext = MessageSamples.Plaintext(size), FrameLength = 0 };
            DecryptedMessage opened = await OpenAsync(made.WriteUnsigned());
            Assert.Equal(made.Plaintext, opened.Plaintext);
            Assert.False(opened.Header.IsFramed);
            Assert.Equal(0, opened.Header.FrameLength);
        }
    }

    [Fact]
    public async Task An_empty_final_frame_after_full_ones_opens()
    {
        var made = new HandMadeMessage
        {
            Suite = AlgorithmSuite.Unsigned, DataKey = DataKey, Plaintext = MessageSamples.Plaintext(64), FrameLength = 16, EndsWithEmptyFrame = true,
        };
        Assert.Equal(made.Plaintext, (await OpenAsync(made.WriteUnsigned())).Plaintext);
    }

    [Fact]
    public async Task IVs_that_are_no_counter_open()
    {
        var made = new HandMadeMessage
        {
            Suite = AlgorithmSuite.Get(0x0178), DataKey = DataKey, Plaintext = MessageSamples.Plaintext(64), FrameLength = 16, IvOffset = 0x5A,
        };
        Assert.Equal(made.Plaintext, (await OpenAsync(made.WriteUnsigned())).Plaintext);
    }

    [Fact]
    public async Task Pairs_that_are_not_stored_must_be_reproduced()
    {
        var made = new HandMadeMessage
        {
            Suite = AlgorithmSuite.Unsigned,
            DataKey = DataKey,
            Plaintext = [1, 2, 3],
            StoredContext = new Dictionary<string, string> { ["stored"] = "1" },
            UnstoredContext = new Dictionary<string, string> { ["b"] = "2", ["a"] = "3" },
        };
        byte[] message = made.WriteUnsigned();
        var keyring = new FixedKeyring(DataKey);
        DecryptOptions Reproducing(params (string Key, string Value)[] pairs) => new() { ReproducedEncryptionContext = MessageSamples.Context(pairs) };
        Task<DecryptedMessage> Open(DecryptOptions options) => MessageDecryptor.DecryptAsync(message, keyring, options, CancellationToken.None);

        Assert.Equal([1, 2, 3], (await Open(Reproducing(("a", "3"), ("b", "2")))).Plaintext);
        Assert.Equal(MessageSamples.Context(("a", "3"), ("b", "2"), ("stored", "1")), keyring.Context);
        Assert.Equal([1, 2, 3], (await Open(Reproducing(("a", "3"), ("b", "2"), ("stored", "1")))).Plaintext);

        Assert.Equal("MessageAuthenticationFailed", await ErrorOf(Open(new DecryptOptions())));
        Assert.Equal("MessageAuthenticationFailed", await ErrorOf(Open(Reproducing(("a", "3")))));
        Assert.Equal("MessageAuthenticationFailed", await ErrorOf(Open(Reproducing(("a", "3"), ("b", "x")))));
        Assert.Equal("MessageAuthenticationFailed", await ErrorOf(Open(Reproducing(("a", "3"), ("b", "2"), ("c", "4")))));
        Assert.Equal("EncryptionContextMismatch", await ErrorOf(Open(Reproducing(("a", "3"), ("b", "2"), ("stored", "2")))));
        Assert.Equal("InvalidEncryptionContext", await ErrorOf(Open(Reproducing(("aws-crypto-x", "3")))));
    }

    private static async Task<string> ErrorOf(Task<DecryptedMessage> opening) =>
        (await Assert.ThrowsAnyAsync<DataProtectionException>(() => opening)).ErrorId;

    private static Task<DecryptedMessage> OpenAsync(byte[] message) =>
        MessageDecryptor.DecryptAsync(message, new FixedKeyring(DataKey), MessageSamples.AllowAll, CancellationToken.None);

    private static byte[] WriteHeader(AlgorithmSuite suite, EncryptionContext context, byte messageIdByte, byte commitKeyByte)
    {
        var header = new HeaderWriter(suite, context, [FixedKeyring.EncryptedDataKey], frameLength: 4096);
        byte[] bytes = new byte[header.BodyLength];
        byte[] messageId = new byte[suite.IsCommitting ? 32 : 16];
        byte[] commitKey = new byte[suite.IsCommitting ? 32 : 0];
        Array.Fill(messageId, messageIdByte);
        Array.Fill(commitKey, commitKeyByte);
        var writer = new MessageWriter(bytes);
        header.Write(ref writer, messageId, commitKey);
        return bytes;
    }

    private static ECDsa ImportPoint(string text, SigningCurve curve)
    {
        Org.BouncyCastle.Math.EC.ECPoint point = CustomNamedCurves.GetByName(curve == SigningCurve.P256 ? "secp256r1" : "secp384r1")
            .Curve.DecodePoint(Convert.FromBase64String(text)).Normalize();
        return ECDsa.Create(new ECParameters
        {
            Curve = curve == SigningCurve.P256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
            Q = new ECPoint { X = point.AffineXCoord.GetEncoded(), Y = point.AffineYCoord.GetEncoded() },
        });
    }
}
