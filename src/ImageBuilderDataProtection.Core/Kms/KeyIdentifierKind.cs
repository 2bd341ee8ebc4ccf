namespace ImageBuilderDataProtection.Kms;

/// <summary>The four ways KMS names a key.</summary>
public enum KeyIdentifierKind
{
    /// <summary><c>arn:aws:kms:us-west-2:111122223333:key/1234abcd-...</c></summary>
    KeyArn,

    /// <summary><c>1234abcd-12ab-34cd-56ef-1234567890ab</c></summary>
    KeyId,

    /// <summary><c>arn:aws:kms:us-west-2:111122223333:alias/ExampleAlias</c></summary>
    AliasArn,

    /// <summary><c>alias/ExampleAlias</c></summary>
    AliasName,
}
