using System.Buffers;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>No changed message ever opens, whichever bit is flipped and wherever it is cut; exhaustively.</summary>
public sealed class TamperingTests
{
    private const int PlaintextLength = 2048;
    private const int FrameLength = 512;

    public static TheoryData<ushort> Suites => [0x0578, 0x0478, 0x0378, 0x0214, 0x0178, 0x0014];

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Flipping_any_bit_is_an_error(ushort suiteId)
    {
        byte[] message = await WriteAsync(AlgorithmSuite.Get(suiteId));
        await RequireEveryFlipRefusedAsync(message);
    }

    [Fact]
    public async Task Flipping_any_bit_of_a_body_of_one_block_is_an_error()
    {
        var made = new HandMadeMessage { Suite = AlgorithmSuite.Unsigned, DataKey = new byte[32], Plaintext = MessageSamples.Plaintext(256), FrameLength = 0 };
        await RequireEveryFlipRefusedAsync(made.WriteUnsigned(), new BoundKeyring(new byte[32]));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Cutting_at_any_length_is_an_error(ushort suiteId)
    {
        byte[] message = await WriteAsync(AlgorithmSuite.Get(suiteId));
        for (int length = 0; length < message.Length; length++)
        {
            await RequireRefusedAsync(message.AsMemory(0, length), RawAesKeyring.Sample, $"cut to {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Appending_bytes_is_an_error(ushort suiteId)
    {
        byte[] message = await WriteAsync(AlgorithmSuite.Get(suiteId));
        for (int value = 0; value <= byte.MaxValue; value++)
        {
            await RequireRefusedAsync((byte[])[.. message, (byte)value], RawAesKeyring.Sample, $"with byte {value}");
        }

        await RequireRefusedAsync((byte[])[.. message, .. message], RawAesKeyring.Sample, "twice");
        await RequireRefusedAsync((byte[])[.. message, .. new byte[100]], RawAesKeyring.Sample, "with 100 bytes");
    }

    [Fact]
    public async Task Frames_in_another_order_or_left_out_are_an_error()
    {
        byte[] message = await WriteAsync(AlgorithmSuite.Unsigned);
        int header = MessageHeader.Read(message).HeaderLength;
        const int Frame = 32 + FrameLength;
        Range first = header..(header + Frame);
        Range second = (header + Frame)..(header + (2 * Frame));
        byte[] rest = message[(header + (2 * Frame))..];
        await RequireRefusedAsync((byte[])[.. message[..header], .. message[second], .. message[first], .. rest], RawAesKeyring.Sample, "swapped");
        await RequireRefusedAsync((byte[])[.. message[..header], .. message[first], .. rest], RawAesKeyring.Sample, "one left out");
        await RequireRefusedAsync((byte[])[.. message[..header], .. message[first], .. message[first], .. rest], RawAesKeyring.Sample, "one twice");
    }

    [Fact]
    public async Task A_frame_of_another_message_under_the_same_data_key_is_an_error()
    {
        var keyring = new BoundKeyring(new byte[32]);
        byte[] one = await WriteWith(keyring);
        byte[] other = await WriteWith(keyring);
        int header = MessageHeader.Read(one).HeaderLength;
        await RequireRefusedAsync((byte[])[.. one[..header], .. other[header..]], keyring, "mixed");

        static Task<byte[]> WriteWith(IKeyring keyring) => MessageEncryptor.EncryptAsync(
            new byte[100], MessageSamples.WorkflowContext, keyring, MessageSamples.OptionsFor(AlgorithmSuite.Unsigned), CancellationToken.None);
    }

    [Fact]
    public async Task A_wrong_signature_leaves_no_plaintext_behind()
    {
        byte[] message = await WriteAsync(AlgorithmSuite.Default);
        byte[] other = await WriteAsync(AlgorithmSuite.Default);
        other[^103..].CopyTo(message.AsSpan(message.Length - 103));
        var destination = new RecordingWriter();
        DataProtectionException refusal = await Assert.ThrowsAsync<DataProtectionException>(
            () => MessageDecryptor.DecryptAsync(message, RawAesKeyring.Sample, new DecryptOptions(), destination, CancellationToken.None));
        Assert.Equal("MessageAuthenticationFailed", refusal.ErrorId);
        Assert.Contains("signature", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, destination.Written);
        Assert.Equal(new byte[PlaintextLength], destination.Buffer);
    }

    [Fact]
    public async Task A_wrong_last_frame_leaves_no_plaintext_of_the_first_behind()
    {
        byte[] message = await WriteAsync(AlgorithmSuite.Unsigned);
        message[^1] ^= 1;
        var destination = new RecordingWriter();
        await Assert.ThrowsAsync<DataProtectionException>(
            () => MessageDecryptor.DecryptAsync(message, RawAesKeyring.Sample, new DecryptOptions(), destination, CancellationToken.None));
        Assert.Equal(0, destination.Written);
        Assert.Equal(new byte[PlaintextLength], destination.Buffer);
    }

    // The suites that are written by default get a message of a few KB, the old ones a smaller one of several frames too.
    private static Task<byte[]> WriteAsync(AlgorithmSuite suite) => suite.IsCommitting
        ? MessageSamples.EncryptAsync(MessageSamples.Plaintext(PlaintextLength), suite, frameLength: FrameLength)
        : MessageSamples.EncryptAsync(MessageSamples.Plaintext(PlaintextLength / 16), suite, frameLength: FrameLength / 16);

    private static async Task RequireEveryFlipRefusedAsync(byte[] message, IKeyring? keyring = null)
    {
        Assert.NotNull(await MessageDecryptor.DecryptAsync(message, keyring ?? RawAesKeyring.Sample, MessageSamples.AllowAll, CancellationToken.None));
        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            await RequireRefusedAsync(message, keyring ?? RawAesKeyring.Sample, $"bit {bit % 8} of byte {bit / 8}");
            message[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static async Task RequireRefusedAsync(ReadOnlyMemory<byte> message, IKeyring keyring, string change)
    {
        var destination = new RecordingWriter();
        try
        {
            await MessageDecryptor.DecryptAsync(message, keyring, MessageSamples.AllowAll, destination, CancellationToken.None);
        }
        catch (DataProtectionException refusal)
        {
            Assert.True(destination.Written == 0 && !destination.Buffer.AsSpan().ContainsAnyExcept((byte)0), $"{change}: plaintext was left behind");
            Assert.True(refusal.Message.EndsWith('.') && !refusal.Message.Contains('\n', StringComparison.Ordinal), refusal.Message);
            return;
        }

        Assert.Fail($"{change}: the message opened");
    }

    /// <summary>A data key that opens only with the encrypted data key as it was written, as every real keyring does.</summary>
    private sealed class BoundKeyring(byte[] dataKey) : IKeyring
    {
        public Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken) =>
            new FixedKeyring(dataKey).GenerateDataKeyAsync(suite, context, cancellationToken);

        public Task<byte[]> RecoverDataKeyAsync(
            AlgorithmSuite suite, EncryptionContext context, IReadOnlyList<EncryptedDataKey> encryptedDataKeys, CancellationToken cancellationToken) =>
            encryptedDataKeys.Contains(FixedKeyring.EncryptedDataKey)
                ? Task.FromResult(dataKey[..suite.DataKeyLength])
                : throw new DataProtectionException("NoKey", FailureKind.SecurityViolation, "No encrypted data key is ours.");
    }

    private sealed class RecordingWriter : IBufferWriter<byte>
    {
        public byte[] Buffer { get; private set; } = [];

        public int Written { get; private set; }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => Buffer = new byte[sizeHint];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
