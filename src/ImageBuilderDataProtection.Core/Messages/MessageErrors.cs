namespace ImageBuilderDataProtection.Messages;

/// <summary>The failures of messages that are not of their form, so that each is worded once.</summary>
internal static class MessageErrors
{
    public static DataProtectionException LimitExceeded(string message) =>
        new("MessageLimitExceeded", FailureKind.LimitExceeded, message);

    /// <summary>A check of the cryptography failed. It never tells more than which.</summary>
    public static DataProtectionException AuthenticationFailed(string check) =>
        new("MessageAuthenticationFailed",
            FailureKind.SecurityViolation,
            $"The message is not as it was written, or not for this encryption context: {check}.");

    public static DataProtectionException EncryptRefused(AlgorithmSuite suite, CommitmentPolicy policy) =>
        new("CommitmentPolicyRefused",
            FailureKind.InvalidArgument,
            suite.IsCommitting
                ? $"The commitment policy {policy} forbids to write algorithm suite {suite}, which commits to its data key; use -CommitmentPolicy RequireEncryptRequireDecrypt."
                : $"The commitment policy {policy} forbids to write algorithm suite {suite}, which does not commit to its data key; use 0x{AlgorithmSuite.Default.Id:X4} or 0x{AlgorithmSuite.Unsigned.Id:X4}.");

    public static DataProtectionException DecryptRefused(AlgorithmSuite suite) =>
        new("CommitmentPolicyRefused",
            FailureKind.SecurityViolation,
            $"The message is of algorithm suite {suite}, which does not commit to its data key; to open it all the same, use -CommitmentPolicy RequireEncryptAllowDecrypt.");

    public static DataProtectionException ReservedContextKey(string key) =>
        new("InvalidEncryptionContext",
            FailureKind.InvalidArgument,
            $"The encryption context has the key \"{key}\"; keys that start with aws-crypto- belong to the AWS Encryption SDK, so take it out.");

    public static DataProtectionException WrongDataKeyLength(int length, AlgorithmSuite suite) =>
        new("WrongDataKeyLength",
            FailureKind.InvalidData,
            $"The data key has {length:N0} bytes; algorithm suite {suite} takes {suite.DataKeyLength:N0}.");
}
