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

    /// <summary>The key is being made.</summary>
    Creating,

    /// <summary>The key waits for its key material to be imported.</summary>
    PendingImport,

    /// <summary>A multi-Region primary key waits for its replicas to be deleted.</summary>
    PendingReplicaDeletion,

    /// <summary>The key's settings are being changed, as when another replica becomes the primary.</summary>
    Updating,

    /// <summary>The key store that holds the key cannot be reached, or KMS names a state that is not known here.</summary>
    Unavailable,
}
