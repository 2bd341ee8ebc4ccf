namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>An operation of the KMS API.</summary>
/// <param name="Name">Its name, such as <c>Decrypt</c>; the action that policies allow is <c>kms:</c> and this name.</param>
/// <param name="IsReadOnly">What CloudTrail says in <c>readOnly</c>: whether it changes nothing of keys and aliases.</param>
/// <param name="TakesAlias">Whether an alias may name the key.</param>
/// <param name="AllowsOtherAccounts">Whether the key may be of another account: "Cross-account use" on the operation's page in the AWS KMS API Reference.</param>
internal sealed record LocalKmsOperation(string Name, bool IsReadOnly, bool TakesAlias = false, bool AllowsOtherAccounts = false)
{
    public static LocalKmsOperation GenerateDataKey { get; } = new("GenerateDataKey", IsReadOnly: true, TakesAlias: true, AllowsOtherAccounts: true);

    public static LocalKmsOperation GenerateDataKeyWithoutPlaintext { get; } =
        new("GenerateDataKeyWithoutPlaintext", IsReadOnly: true, TakesAlias: true, AllowsOtherAccounts: true);

    public static LocalKmsOperation Encrypt { get; } = new("Encrypt", IsReadOnly: true, TakesAlias: true, AllowsOtherAccounts: true);

    public static LocalKmsOperation Decrypt { get; } = new("Decrypt", IsReadOnly: true, TakesAlias: true, AllowsOtherAccounts: true);

    public static LocalKmsOperation ReEncrypt { get; } = new("ReEncrypt", IsReadOnly: true, TakesAlias: true, AllowsOtherAccounts: true);

    public static LocalKmsOperation CreateKey { get; } = new("CreateKey", IsReadOnly: false);

    public static LocalKmsOperation DescribeKey { get; } = new("DescribeKey", IsReadOnly: true, TakesAlias: true, AllowsOtherAccounts: true);

    public static LocalKmsOperation CreateAlias { get; } = new("CreateAlias", IsReadOnly: false);

    public static LocalKmsOperation DeleteAlias { get; } = new("DeleteAlias", IsReadOnly: false, TakesAlias: true);

    public static LocalKmsOperation ListKeys { get; } = new("ListKeys", IsReadOnly: true);

    public static LocalKmsOperation ListAliases { get; } = new("ListAliases", IsReadOnly: true);

    public static LocalKmsOperation GetKeyPolicy { get; } = new("GetKeyPolicy", IsReadOnly: true);

    public static LocalKmsOperation PutKeyPolicy { get; } = new("PutKeyPolicy", IsReadOnly: false);

    public static LocalKmsOperation TagResource { get; } = new("TagResource", IsReadOnly: false);

    public static LocalKmsOperation UntagResource { get; } = new("UntagResource", IsReadOnly: false);

    public static LocalKmsOperation ListResourceTags { get; } = new("ListResourceTags", IsReadOnly: true);

    public static LocalKmsOperation EnableKeyRotation { get; } = new("EnableKeyRotation", IsReadOnly: false);

    public static LocalKmsOperation GetKeyRotationStatus { get; } = new("GetKeyRotationStatus", IsReadOnly: true, AllowsOtherAccounts: true);

    public static LocalKmsOperation RotateKeyOnDemand { get; } = new("RotateKeyOnDemand", IsReadOnly: false);

    public static LocalKmsOperation EnableKey { get; } = new("EnableKey", IsReadOnly: false);

    public static LocalKmsOperation DisableKey { get; } = new("DisableKey", IsReadOnly: false);

    public static LocalKmsOperation ScheduleKeyDeletion { get; } = new("ScheduleKeyDeletion", IsReadOnly: false);

    public static LocalKmsOperation CancelKeyDeletion { get; } = new("CancelKeyDeletion", IsReadOnly: false);
}
