namespace ImageBuilderDataProtection.Kms;

/// <summary>The state of a KMS key ("Key states of AWS KMS keys" in the AWS KMS Developer Guide).</summary>
public enum KeyState
{
    /// <summary>The key can be used.</summary>
    Enabled,

    /// <summary>The key cannot be used until it is enabled again.</summary>
    Disabled,

    /// <summary>The key cannot be used and will be deleted.</summary>
    PendingDeletion,
}
