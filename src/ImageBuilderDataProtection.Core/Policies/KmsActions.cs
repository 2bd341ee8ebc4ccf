namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// The actions of AWS KMS ("Actions, resources, and condition keys for AWS Key Management Service" in the Service
/// Authorization Reference, https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html).
/// </summary>
internal static class KmsActions
{
    /// <summary>The prefix of all actions of KMS.</summary>
    public const string Prefix = "kms:";

    /// <summary>The action that changes the key policy itself: who has it can have all the others.</summary>
    public const string PutKeyPolicy = "kms:PutKeyPolicy";

    /// <summary>The action that gives a permission on a key away without its key policy.</summary>
    public const string CreateGrant = "kms:CreateGrant";

    /// <summary>The action that opens what is encrypted.</summary>
    public const string Decrypt = "kms:Decrypt";

    /// <summary>The action that protects a workflow.</summary>
    public const string GenerateDataKey = "kms:GenerateDataKey";

    /// <summary>The actions on a key, which its key policy can allow.</summary>
    public static IReadOnlyList<string> OnKeys { get; } = Named(
        "CancelKeyDeletion", "CreateAlias", "CreateGrant", "Decrypt", "DeleteAlias", "DeleteImportedKeyMaterial", "DeriveSharedSecret", "DescribeKey",
        "DisableKey", "DisableKeyRotation", "EnableKey", "EnableKeyRotation", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac", "GetKeyLastUsage", "GetKeyPolicy", "GetKeyRotationStatus",
        "GetParametersForImport", "GetPublicKey", "ImportKeyMaterial", "ListGrants", "ListKeyPolicies", "ListKeyRotations", "ListResourceTags", "PutKeyPolicy",
        "ReEncryptFrom", "ReEncryptTo", "ReplicateKey", "RetireGrant", "RevokeGrant", "RotateKeyOnDemand", "ScheduleKeyDeletion", "Sign",
        "SynchronizeMultiRegionKey", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription", "UpdatePrimaryRegion", "Verify", "VerifyMac");

    /// <summary>The actions on no key; only identity policies can allow them.</summary>
    public static IReadOnlyList<string> Elsewhere { get; } = Named(
        "ConnectCustomKeyStore", "CreateCustomKeyStore", "CreateKey", "DeleteCustomKeyStore", "DescribeCustomKeyStores", "DisconnectCustomKeyStore",
        "GenerateRandom", "ListAliases", "ListKeys", "ListRetirableGrants", "UpdateCustomKeyStore");

    /// <summary>All actions of KMS.</summary>
    public static IReadOnlyList<string> All { get; } = [.. OnKeys, .. Elsewhere];

    /// <summary>The actions that give plaintext away: with these, whoever has the ciphertext has the secret.</summary>
    public static IReadOnlyList<string> Opening { get; } = Named("Decrypt", "ReEncryptFrom");

    /// <summary>
    /// The actions whose requests can have an encryption context ("Encryption context" in the AWS KMS Developer Guide,
    /// https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html).
    /// </summary>
    public static IReadOnlyList<string> WithContext { get; } = Named(
        "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo");

    /// <summary>Reads the name of an action as people write it: with <c>kms:</c> or without, and in any case.</summary>
    /// <exception cref="DataProtectionException"><c>UnknownAction</c>: AWS KMS has no such action.</exception>
    public static string Parse(string text)
    {
        string name = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text : Prefix + text;
        return All.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new DataProtectionException(
                "UnknownAction",
                FailureKind.InvalidArgument,
                $"\"{text}\" is no action of AWS KMS{(Spelling.Nearest(name, All) is { } meant ? $"; {meant} may be meant" : "")}.");
    }

    private static string[] Named(params string[] names) => [.. names.Select(static name => Prefix + name)];
}
