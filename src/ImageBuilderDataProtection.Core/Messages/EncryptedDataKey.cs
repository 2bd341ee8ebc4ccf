using System.Text;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// The data key, encrypted under one wrapping key (framework/structures.md, "Encrypted Data Key"). Values are compared by
/// their bytes.
/// </summary>
/// <param name="ProviderId">The key provider: <c>aws-kms</c>, or the namespace of a raw key.</param>
/// <param name="ProviderInfo">What the provider needs to find the wrapping key; for <c>aws-kms</c> the key ARN in UTF-8. At most 65,535 bytes.</param>
/// <param name="Ciphertext">The encrypted data key. At most 65,535 bytes.</param>
public sealed record EncryptedDataKey(string ProviderId, ReadOnlyMemory<byte> ProviderInfo, ReadOnlyMemory<byte> Ciphertext)
{
    /// <summary>The provider information as text, for a person to read; bytes that are not UTF-8 show as U+FFFD.</summary>
    public string ProviderInfoText => Encoding.UTF8.GetString(ProviderInfo.Span);

    /// <inheritdoc />
    public bool Equals(EncryptedDataKey? other) =>
        other is not null
        && ProviderId == other.ProviderId
        && ProviderInfo.Span.SequenceEqual(other.ProviderInfo.Span)
        && Ciphertext.Span.SequenceEqual(other.Ciphertext.Span);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(ProviderId, StringComparer.Ordinal);
        hash.AddBytes(ProviderInfo.Span);
        hash.AddBytes(Ciphertext.Span);
        return hash.ToHashCode();
    }
}
