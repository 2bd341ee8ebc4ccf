using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>A keyring with an RSA key pair in memory (framework/raw-rsa-keyring.md).</summary>
internal sealed class RawRsaKeyring(string keyNamespace, string keyName, RSA key, RSAEncryptionPadding padding) : IKeyring
{
    public Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken)
    {
        byte[] dataKey = RandomNumberGenerator.GetBytes(suite.DataKeyLength);
        var encrypted = new EncryptedDataKey(keyNamespace, Encoding.UTF8.GetBytes(keyName), key.Encrypt(dataKey, padding));
        return Task.FromResult(new WrappedDataKey(dataKey, [encrypted]));
    }

    public Task<byte[]> RecoverDataKeyAsync(
        AlgorithmSuite suite, EncryptionContext context, IReadOnlyList<EncryptedDataKey> encryptedDataKeys, CancellationToken cancellationToken)
    {
        foreach (EncryptedDataKey encrypted in encryptedDataKeys.Where(one => one.ProviderId == keyNamespace && one.ProviderInfoText == keyName))
        {
            try
            {
                return Task.FromResult(key.Decrypt(encrypted.Ciphertext.Span, padding));
            }
            catch (CryptographicException)
            {
                // The next one may open.
            }
        }

        throw new DataProtectionException("RawKeyRefused", FailureKind.SecurityViolation, "The raw key opens none of the encrypted data keys.");
    }
}
