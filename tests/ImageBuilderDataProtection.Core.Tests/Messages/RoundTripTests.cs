using System.Security.Cryptography;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

public sealed class RoundTripTests
{
    public static TheoryData<ushort> Suites => [.. AlgorithmSuite.All.Select(static suite => suite.Id)];

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Every_suite_opens_what_it_wrote_at_every_size(ushort suiteId)
    {
        var suite = AlgorithmSuite.Get(suiteId);
        foreach (int size in (int[])[0, 1, 4095, 4096, 4097, 8192, 1024 * 1024])
        {
            byte[] plaintext = MessageSamples.Plaintext(size);
            byte[] message = await MessageSamples.EncryptAsync(plaintext, suite);
            DecryptedMessage opened = await MessageSamples.DecryptAsync(message);
            Assert.Equal(plaintext, opened.Plaintext);
            Assert.Equal(suite, opened.Header.Suite);
            Assert.Equal(MessageSamples.WorkflowContext, opened.Header.EncryptionContext.WithoutReserved());
            Assert.Equal(suite.IsSigning, opened.Header.EncryptionContext.ContainsKey(EncryptionContext.PublicKeyKey));
        }
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(7, 100)]
    [InlineData(100, 100)]
    [InlineData(100, 200)]
    [InlineData(MessageLimits.MaxFrameLength, 100)]
    [InlineData(1, 0)]
    public async Task Every_frame_length_opens(int frameLength, int size)
    {
        byte[] plaintext = MessageSamples.Plaintext(size);
        byte[] message = await MessageSamples.EncryptAsync(plaintext, AlgorithmSuite.Unsigned, frameLength: frameLength);
        DecryptedMessage opened = await MessageSamples.DecryptAsync(message);
        Assert.Equal(plaintext, opened.Plaintext);
        Assert.Equal(frameLength, opened.Header.FrameLength);

        // data-format/message-body.md, "Final Frame": a multiple of the frame length ends in a full frame, not in an empty one.
        int frames = Math.Max(1, (size + frameLength - 1) / frameLength);
        Assert.Equal(opened.Header.HeaderLength + size + ((frames - 1) * 32) + 40, message.Length);
    }

    public static TheoryData<string, EncryptionContext> Contexts => new()
    {
        { "empty", EncryptionContext.Empty },
        { "non-ASCII", MessageSamples.Context(("ключ", "значение"), ("clé", "é"), ("鍵", "値"), ("😀", "🔑"), ("\uFFFD", "x")) },
        { "empty key and value", MessageSamples.Context(("", ""), ("a", "")) },
        { "20 pairs", EncryptionContext.Create(Enumerable.Range(0, 20).Select(static i => KeyValuePair.Create($"key {i}", $"value {i}"))) },
        { "longest value", MessageSamples.Context(("k", new string('v', 65_000))) },
    };

    [Theory]
    [MemberData(nameof(Contexts))]
    public async Task Every_context_comes_back(string name, EncryptionContext context)
    {
        Assert.NotEmpty(name);
        foreach (AlgorithmSuite suite in (AlgorithmSuite[])[AlgorithmSuite.Default, AlgorithmSuite.Unsigned])
        {
            byte[] message = await MessageSamples.EncryptAsync([1, 2, 3], suite, context);
            Assert.Equal(context, MessageHeader.Read(message).EncryptionContext.WithoutReserved());
            Assert.Equal([1, 2, 3], (await MessageSamples.DecryptAsync(message)).Plaintext);
        }
    }

    [Fact]
    public async Task A_raw_RSA_key_opens_what_it_wrote()
    {
        using var rsa = RSA.Create(2048);
        var keyring = new RawRsaKeyring("tests", "rsa", rsa, RSAEncryptionPadding.OaepSHA256);
        byte[] message = await MessageEncryptor.EncryptAsync(new byte[] { 1, 2, 3 }, MessageSamples.WorkflowContext, keyring, new MessageOptions(), CancellationToken.None);
        DecryptedMessage opened = await MessageDecryptor.DecryptAsync(message, keyring, new DecryptOptions(), CancellationToken.None);
        Assert.Equal([1, 2, 3], opened.Plaintext);
    }

    [Fact]
    public async Task Two_messages_of_the_same_plaintext_share_nothing()
    {
        byte[] one = await MessageSamples.EncryptAsync(new byte[64], AlgorithmSuite.Unsigned);
        byte[] other = await MessageSamples.EncryptAsync(new byte[64], AlgorithmSuite.Unsigned);
        Assert.False(MessageHeader.Read(one).MessageId.Span.SequenceEqual(MessageHeader.Read(other).MessageId.Span));
        Assert.NotEqual(one[^80..], other[^80..]);
    }

    [Fact]
    public async Task Signatures_always_have_the_length_that_the_SDKs_write()
    {
        for (int i = 0; i < 50; i++)
        {
            byte[] p384 = await MessageSamples.EncryptAsync([], AlgorithmSuite.Default);
            Assert.Equal([0, 103, 0x30, 101], p384[^105..^101]);
            byte[] p256 = await MessageSamples.EncryptAsync([], AlgorithmSuite.Get(0x0214));
            Assert.Equal([0, 71, 0x30, 69], p256[^73..^69]);
        }
    }
}
