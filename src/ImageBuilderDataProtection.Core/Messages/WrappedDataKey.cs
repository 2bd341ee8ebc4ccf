namespace ImageBuilderDataProtection.Messages;

/// <summary>A new data key and its encrypted forms, as a keyring hands them out for one message.</summary>
/// <param name="Plaintext">The data key, as many bytes as the suite's <see cref="AlgorithmSuite.DataKeyLength"/>. The receiver zeroes it after use.</param>
/// <param name="EncryptedDataKeys">The data key under each wrapping key, any one of which opens the message; at least one.</param>
public sealed record WrappedDataKey(byte[] Plaintext, IReadOnlyList<EncryptedDataKey> EncryptedDataKeys);
