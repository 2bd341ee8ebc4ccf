namespace ImageBuilderDataProtection.Messages;

/// <summary>A message that was opened: commitment, header, every frame and the signature are verified.</summary>
/// <param name="Plaintext">The plaintext. The receiver may zero it after use.</param>
/// <param name="Header">The header, now authenticated.</param>
public sealed record DecryptedMessage(byte[] Plaintext, MessageHeader Header);
