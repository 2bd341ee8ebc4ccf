using System.Text;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>What several tests of messages share.</summary>
internal static class MessageSamples
{
    public static EncryptionContext WorkflowContext { get; } = Context(
        (EncryptionContext.WorkflowArnKey, "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*"));

    public static DecryptOptions AllowAll { get; } = new() { CommitmentPolicy = CommitmentPolicy.RequireEncryptAllowDecrypt };

    public static EncryptionContext Context(params (string Key, string Value)[] pairs) =>
        EncryptionContext.Create(pairs.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value)));

    public static byte[] Plaintext(int length)
    {
        byte[] plaintext = new byte[length];
        new Random(length).NextBytes(plaintext);
        return plaintext;
    }

    public static MessageOptions OptionsFor(AlgorithmSuite suite, int frameLength = MessageOptions.DefaultFrameLength) => new()
    {
        Suite = suite,
        FrameLength = frameLength,
        CommitmentPolicy = suite.IsCommitting ? CommitmentPolicy.RequireEncryptRequireDecrypt : CommitmentPolicy.ForbidEncryptAllowDecrypt,
    };

    public static Task<byte[]> EncryptAsync(byte[] plaintext, AlgorithmSuite suite, EncryptionContext? context = null, int frameLength = MessageOptions.DefaultFrameLength) =>
        MessageEncryptor.EncryptAsync(plaintext, context ?? WorkflowContext, RawAesKeyring.Sample, OptionsFor(suite, frameLength), CancellationToken.None);

    public static Task<DecryptedMessage> DecryptAsync(byte[] message, DecryptOptions? options = null) =>
        MessageDecryptor.DecryptAsync(message, RawAesKeyring.Sample, options ?? AllowAll, CancellationToken.None);

    public static async Task<DataProtectionException> RequireRefusedAsync(byte[] message, DecryptOptions? options = null) =>
        await Assert.ThrowsAnyAsync<DataProtectionException>(() => DecryptAsync(message, options));

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
