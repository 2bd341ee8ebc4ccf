using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>Several keyrings, any of which opens; the first writes (framework/multi-keyring.md, as far as vectors need it).</summary>
internal sealed class RawMultiKeyring(IReadOnlyList<IKeyring> keyrings) : IKeyring
{
    public Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken) =>
        keyrings[0].GenerateDataKeyAsync(suite, context, cancellationToken);

    public async Task<byte[]> RecoverDataKeyAsync(
        AlgorithmSuite suite, EncryptionContext context, IReadOnlyList<EncryptedDataKey> encryptedDataKeys, CancellationToken cancellationToken)
    {
        var refusals = new List<DataProtectionException>();
        foreach (IKeyring keyring in keyrings)
        {
            try
            {
                return await keyring.RecoverDataKeyAsync(suite, context, encryptedDataKeys, cancellationToken);
            }
            catch (DataProtectionException refusal)
            {
                refusals.Add(refusal);
            }
        }

        throw new DataProtectionException(
            "RawKeyRefused", FailureKind.SecurityViolation, "No keyring opens the message.", new AggregateException(refusals));
    }
}
