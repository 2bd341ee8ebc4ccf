using System.Security.Cryptography;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Bench;

/// <summary>A data key in memory in place of KMS: the benchmark measures messages, not a network or a wrapping key.</summary>
internal sealed class InMemoryKeyring : IKeyring
{
    private readonly byte[] _dataKey = RandomNumberGenerator.GetBytes(32);

    // As long as what KMS answers: a key ARN and a ciphertext blob of 184 bytes.
    private readonly EncryptedDataKey _encrypted = new(
        "aws-kms",
        "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"u8.ToArray(),
        RandomNumberGenerator.GetBytes(184));

    public Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new WrappedDataKey([.. _dataKey], [_encrypted]));

    public Task<byte[]> RecoverDataKeyAsync(
        AlgorithmSuite suite, EncryptionContext context, IReadOnlyList<EncryptedDataKey> encryptedDataKeys, CancellationToken cancellationToken) =>
        Task.FromResult<byte[]>([.. _dataKey]);
}
