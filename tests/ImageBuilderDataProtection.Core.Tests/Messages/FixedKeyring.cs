using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>A keyring that always has the same data key, whatever the context: for tests of what the message itself checks.</summary>
internal sealed class FixedKeyring(byte[] dataKey) : IKeyring
{
    public static EncryptedDataKey EncryptedDataKey { get; } = new("tests", MessageSamples.Utf8("a key"), new byte[] { 0xC1, 0xC2, 0xC3 });

    /// <summary>The context of the last call.</summary>
    public EncryptionContext? Context { get; private set; }

    public Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken)
    {
        Context = context;
        return Task.FromResult(new WrappedDataKey(dataKey[..suite.DataKeyLength], [EncryptedDataKey]));
    }

    public Task<byte[]> RecoverDataKeyAsync(
        AlgorithmSuite suite, EncryptionContext context, IReadOnlyList<EncryptedDataKey> encryptedDataKeys, CancellationToken cancellationToken)
    {
        Context = context;
        return Task.FromResult(dataKey[..suite.DataKeyLength]);
    }
}
