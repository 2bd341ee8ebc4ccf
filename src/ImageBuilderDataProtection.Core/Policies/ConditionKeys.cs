namespace ImageBuilderDataProtection.Policies;

/// <summary>The names of condition keys ("AWS KMS condition keys" in the AWS KMS Developer Guide, "AWS global condition context keys" in the IAM User Guide).</summary>
public static class ConditionKeys
{
    /// <summary><c>kms:EncryptionContext:</c>, before the name of a pair of the encryption context.</summary>
    public const string EncryptionContextPrefix = "kms:EncryptionContext:";

    /// <summary>The names of the pairs of the encryption context; several values.</summary>
    public const string EncryptionContextKeys = "kms:EncryptionContextKeys";

    /// <summary>The AWS service that calls for the principal, such as <c>imagebuilder.us-west-2.amazonaws.com</c>.</summary>
    public const string ViaService = "kms:ViaService";

    /// <summary>The caller's account.</summary>
    public const string CallerAccount = "kms:CallerAccount";

    /// <summary>The ARN of the caller's identity; of a role session the role's.</summary>
    public const string PrincipalArn = "aws:PrincipalArn";

    /// <summary>The caller's account.</summary>
    public const string PrincipalAccount = "aws:PrincipalAccount";
}
