using CsCheck;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

public sealed class MessagePropertyTests
{
    // Any text but unpaired surrogates, which an encryption context refuses.
    private static readonly Gen<string> Text = Gen.Int[0, 0x10FFFF]
        .Where(static point => point is < 0xD800 or > 0xDFFF)
        .Array[0, 12]
        .Select(static points => string.Concat(points.Select(char.ConvertFromUtf32)));

    private static readonly Gen<EncryptionContext> Context = Gen.Dictionary(Text, Text)[0, 20].Select(static pairs => EncryptionContext.Create(pairs));

    private static readonly Gen<EncryptedDataKey> DataKey = Gen.Select(
        Text, Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 300], static (id, info, ciphertext) => new EncryptedDataKey(id, info, ciphertext));

    [Fact]
    public void A_header_reads_as_it_was_written()
    {
        Gen.Select(Gen.OneOf(AlgorithmSuite.All.ToArray()), Context, DataKey.Array[1, 8], Gen.Int[1, MessageLimits.MaxFrameLength], Gen.Byte.Array[32], Gen.Byte.Array[32])
            .Sample(static (suite, context, dataKeys, frameLength, id, commitKey) =>
            {
                var writer = new HeaderWriter(suite, context, dataKeys, frameLength);
                byte[] bytes = new byte[writer.BodyLength + suite.HeaderAuthenticationLength];
                var destination = new MessageWriter(bytes);
                writer.Write(ref destination, id.AsSpan(0, suite.MessageIdLength), commitKey.AsSpan(0, suite.SuiteDataLength));
                Assert.Equal(writer.BodyLength, destination.Position);

                var header = MessageHeader.Read(bytes);
                Assert.Equal(suite, header.Suite);
                Assert.Equal(suite.MessageVersion, header.Version);
                Assert.Equal(id.AsSpan(0, suite.MessageIdLength), header.MessageId.Span);
                Assert.Equal(context, header.EncryptionContext);
                Assert.Equal(dataKeys, header.EncryptedDataKeys);
                Assert.True(header.IsFramed);
                Assert.Equal(frameLength, header.FrameLength);
                Assert.Equal(bytes.Length, header.HeaderLength);
            });
    }

    [Fact]
    public void Contexts_sort_by_their_UTF8_bytes_whatever_they_hold()
    {
        Context.Sample(static context =>
        {
            byte[] serialized = new byte[ContextSerializer.GetLength(context)];
            var writer = new MessageWriter(serialized);
            ContextSerializer.Write(context, ref writer);
            Assert.Equal(RawAesKeyring.Serialize(context), serialized);
        });
    }

    [Fact]
    public void Random_bytes_are_refused_and_never_crash()
    {
        Gen<byte[]> startsLikeAMessage = Gen.Select(
            Gen.OneOf<byte[]>([2, 4, 0x78], [2, 5, 0x78], [1, 0x80, 0, 0x14], [1, 0x80, 3, 0x78], []),
            Gen.OneOf(Gen.Byte, Gen.Const((byte)0)).Array[0, 300],
            static (start, rest) => (byte[])[.. start, .. rest]);
        startsLikeAMessage.Sample(RequireRefused);
    }

    [Fact]
    public async Task Damaged_messages_are_refused_and_never_crash()
    {
        byte[] message = await MessageSamples.EncryptAsync(MessageSamples.Plaintext(200), AlgorithmSuite.Unsigned, frameLength: 64);
        Gen.Select(Gen.Int[0, message.Length - 1], Gen.Byte.Array[1, 8], Gen.Int[0, 8]).Sample((at, replacement, taken) =>
        {
            byte[] damaged = [.. message[..at], .. replacement, .. message[Math.Min(at + taken, message.Length)..]];
            if (!damaged.AsSpan().SequenceEqual(message))
            {
                RequireRefused(damaged);
            }
        });
    }

    private static void RequireRefused(byte[] message) =>
        Assert.ThrowsAnyAsync<DataProtectionException>(() => MessageSamples.DecryptAsync(message)).GetAwaiter().GetResult();
}
