using System.Diagnostics;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

public sealed class MalformedMessageTests
{
    private const string Id = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string OneDataKey = "0001" + "0001" + "78" + "0001" + "79" + "0001" + "7A";

    // An empty context, one data key, frames of 4,096 bytes, a commit key and a tag.
    private const string Header = "020478" + Id + "0000" + OneDataKey + "02" + "00001000" + Id + "00000000000000000000000000000000";
    private const string BlockHeader = "020478" + Id + "0000" + OneDataKey + "01" + "00000000" + Id + "00000000000000000000000000000000";
    private const string Iv = "000000000000000000000001";

    public static TheoryData<string, int, string> Malformed => new()
    {
        { "", 0, "version" },
        { "03", 0, "version" },
        { "41", 0, "version" },
        { "0181", 1, "type" },
        { "01800000", 2, "suite" },
        { "01800578", 2, "version 1" },
        { "020014", 1, "version 2" },
        { "029999", 1, "suite" },
        { "020478" + "00", 3, "message id" },
        { "020478" + Id + "FFFF" + "0001", 37, "context" },
        { "020478" + Id + "0001" + "00", 37, "pairs" },
        { "020478" + Id + "0004" + "FFFF0000", 37, "pairs" },
        { "020478" + Id + "0002" + "0000", 37, "pairs" },
        { "020478" + Id + "0007" + "0001" + "0001" + "61" + "0001" + "62", 39, "beyond" },
        { "020478" + Id + "000A" + "0001" + "0001" + "61" + "0001" + "62" + "0000", 45, "longer" },
        { "020478" + Id + "000E" + "0002" + "0001" + "61" + "0001" + "62" + "0001" + "61" + "0001" + "63", 37, "twice" },
        { "020478" + Id + "0008" + "0001" + "0001" + "FF" + "0001" + "62", 41, "UTF-8" },
        { "020478" + Id + "0009" + "0001" + "0002" + "C080" + "0001" + "62", 41, "UTF-8" },
        { "020478" + Id + "0000" + "0000", 37, "encrypted data keys" },
        { "020478" + Id + "0000" + "FFFF" + "0000", 37, "encrypted data keys" },
        { "020478" + Id + "0000" + "0001" + "FFFF" + "7878787878", 41, "provider id" },
        { "020478" + Id + "0000" + "0001" + "0001" + "FF" + "0001" + "79" + "0001" + "7A", 41, "UTF-8" },
        { "020478" + Id + "0000" + "0001" + "0001" + "78" + "FFFF" + "7979", 44, "provider information" },
        { "020478" + Id + "0000" + "0001" + "0001" + "78" + "0001" + "79" + "FFFF" + "7A", 47, "encrypted data key" },
        { "020478" + Id + "0000" + OneDataKey + "03", 48, "content type" },
        { "020478" + Id + "0000" + OneDataKey + "02" + "00000000", 49, "frame length" },
        { "020478" + Id + "0000" + OneDataKey + "01" + "00000001", 49, "frame length" },
        { "020478" + Id + "0000" + OneDataKey + "02" + "00001000" + "00", 53, "commit key" },
        { "020478" + Id + "0000" + OneDataKey + "02" + "00001000" + Id + "00", 85, "authentication of the header" },
        { "01800014" + "00000000000000000000000000000000" + "0000" + OneDataKey + "02" + "00000001" + "0C" + "00001000", 34, "reserved" },
        { "01800014" + "00000000000000000000000000000000" + "0000" + OneDataKey + "02" + "00000000" + "10" + "00001000", 38, "IV length" },
        { Header, 101, "sequence number" },
        { Header + "00000002", 101, "sequence number" },
        { Header + "00000000", 101, "sequence number" },
        { Header + "00000001" + Iv, 105, "frame" },
        { Header + "FFFFFFFF" + "00000002", 105, "sequence number" },
        { Header + "FFFFFFFF" + "00000001" + Iv + "FFFFFFFF", 121, "frame length" },
        { Header + "FFFFFFFF" + "00000001" + Iv + "00001001", 121, "frame length" },
        { Header + "FFFFFFFF" + "00000001" + Iv + "00001000" + "00", 125, "final frame" },
        { BlockHeader + Iv + "FFFFFFFFFFFFFFFF", 121, "block" },
        { BlockHeader + Iv + "0000001000000000", 121, "block" },
        { BlockHeader + Iv + "0000000000000001" + "0000", 122, "tag" },
        { Header + "FFFFFFFF" + "00000001" + Iv + "00000000" + "00000000000000000000000000000000" + "00", 141, "follow" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_message_is_told_by_its_offset_before_a_key_is_asked_for(string hex, int offset, string named)
    {
        MessageMalformedException refusal = await Assert.ThrowsAsync<MessageMalformedException>(
            () => MessageDecryptor.DecryptAsync(Convert.FromHexString(hex), new UnusableKeyring(), MessageSamples.AllowAll, CancellationToken.None));
        Assert.Equal("MessageMalformed", refusal.ErrorId);
        Assert.Equal(FailureKind.InvalidData, refusal.Kind);
        Assert.Equal(offset, refusal.Offset);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"byte {offset:N0}", refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Huge => new()
    {
        { "context of 65,535 bytes", "020478" + Id + "FFFF" + "FFFF" },
        { "65,535 encrypted data keys", "020478" + Id + "0000" + "FFFF" },
        { "provider information of 65,535 bytes", "020478" + Id + "0000" + "0001" + "0000" + "FFFF" },
        { "frames of 4 GiB", "020478" + Id + "0000" + OneDataKey + "02" + "FFFFFFFF" + Id + "00000000000000000000000000000000" + "00000001" },
        { "a final frame of 4 GiB", "020478" + Id + "0000" + OneDataKey + "02" + "FFFFFFFF" + Id + "00000000000000000000000000000000" + "FFFFFFFF" + "00000001" + Iv + "FFFFFFFF" },
        { "a block of 2^63 bytes", BlockHeader + Iv + "7FFFFFFFFFFFFFFF" },
    };

    [Theory]
    [MemberData(nameof(Huge))]
    public void A_huge_length_fails_at_once_in_little_memory(string what, string hex)
    {
        Assert.NotEmpty(what);
        byte[] prefix = Convert.FromHexString(hex);
        foreach (byte[] message in (byte[][])[prefix, [.. prefix, .. new byte[60_000]]])
        {
            _ = Refuse(message);
            long before = GC.GetAllocatedBytesForCurrentThread();
            DataProtectionException refusal = Refuse(message);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Contains(refusal.ErrorId, (string[])["MessageMalformed", "MessageLimitExceeded"]);
            Assert.InRange(allocated, 0, 64 * 1024);

            // A machine with other work may hold up one of ten, but not all.
            Assert.InRange(Enumerable.Range(0, 10).Min(_ => TimeToRefuse(message)), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }
    }

    private static TimeSpan TimeToRefuse(byte[] message)
    {
        long start = Stopwatch.GetTimestamp();
        _ = Refuse(message);
        return Stopwatch.GetElapsedTime(start);
    }

    [Fact]
    public void A_context_of_thousands_of_pairs_is_read_in_bounded_memory()
    {
        // Keys of four digits and empty values take 8 bytes a pair.
        const int Pairs = (ushort.MaxValue - 2) / 8;
        byte[] context = RawAesKeyring.Serialize(Enumerable.Range(0, Pairs).Select(static i => KeyValuePair.Create($"{i:D4}", "")));
        byte[] message = [.. Convert.FromHexString("020478" + Id), (byte)(context.Length >> 8), (byte)context.Length, .. context, .. Convert.FromHexString(Header[74..])];
        Assert.Equal(Pairs, MessageHeader.Read(message).EncryptionContext.Count);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = MessageHeader.Read(message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
    }

    [Fact]
    public void More_encrypted_data_keys_than_the_limit_are_refused_before_they_are_read()
    {
        byte[] Message(int count) =>
        [
            .. Convert.FromHexString("020478" + Id + "0000"),
            (byte)(count >> 8),
            (byte)count,
            .. Enumerable.Repeat(Convert.FromHexString(OneDataKey[4..]), count).SelectMany(static key => key),
            .. Convert.FromHexString("02" + "00001000" + Id + "00000000000000000000000000000000"),
        ];

        Assert.Equal(64, MessageHeader.Read(Message(64)).EncryptedDataKeys.Count);
        DataProtectionException refusal = Assert.Throws<DataProtectionException>(() => MessageHeader.Read(Message(65)));
        Assert.Equal("MessageLimitExceeded", refusal.ErrorId);
        Assert.Equal(FailureKind.LimitExceeded, refusal.Kind);
        Assert.Equal(65, MessageHeader.Read(Message(65), maxEncryptedDataKeys: ushort.MaxValue).EncryptedDataKeys.Count);
        Assert.Throws<DataProtectionException>(() => MessageHeader.Read(Message(2), maxEncryptedDataKeys: 1));
    }

    [Fact]
    public void A_header_beyond_its_limit_is_refused()
    {
        byte[] key = [0, 1, 0x78, 0xFF, 0xFF, .. new byte[65535], 0, 0];
        byte[] message =
        [
            .. Convert.FromHexString("020478" + Id + "0000" + "0011"),
            .. Enumerable.Repeat(key, 17).SelectMany(static bytes => bytes),
            .. Convert.FromHexString("02" + "00001000" + Id + "00000000000000000000000000000000"),
        ];
        Assert.Equal("MessageLimitExceeded", Assert.Throws<DataProtectionException>(() => MessageHeader.Read(message)).ErrorId);
    }

    private static DataProtectionException Refuse(byte[] message) =>
        Assert.ThrowsAnyAsync<DataProtectionException>(
            () => MessageDecryptor.DecryptAsync(message, new UnusableKeyring(), MessageSamples.AllowAll, CancellationToken.None)).GetAwaiter().GetResult();

    private sealed class UnusableKeyring : IKeyring
    {
        public Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("No key must be asked for.");

        public Task<byte[]> RecoverDataKeyAsync(
            AlgorithmSuite suite, EncryptionContext context, IReadOnlyList<EncryptedDataKey> encryptedDataKeys, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("No key must be asked for.");
    }
}
