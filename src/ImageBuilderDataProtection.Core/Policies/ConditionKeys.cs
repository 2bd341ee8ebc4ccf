using System.Collections.Frozen;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies;

/// <summary>The names of condition keys ("AWS KMS condition keys" in the AWS KMS Developer Guide, "AWS global condition context keys" in the IAM User Guide).</summary>
public static class ConditionKeys
{
    /// <summary><c>kms:EncryptionContext:</c>, before the name of a pair of the encryption context.</summary>
    public const string EncryptionContextPrefix = "kms:EncryptionContext:";

    /// <summary>The workflow ARN of the encryption context, as it is written.</summary>
    public const string WorkflowArn = EncryptionContextPrefix + EncryptionContext.WorkflowArnKey;

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

    /// <summary>The name of the IAM user that calls; only such a user's requests have it.</summary>
    public const string Username = "aws:username";

    // "AWS KMS condition keys" and "AWS global condition context keys", Value type: Multivalued.
    private static readonly FrozenSet<string> Multivalued = new[]
    {
        EncryptionContextKeys, "kms:GrantOperations", "kms:ResourceAliases", "aws:CalledVia", "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths", "aws:SourceOrgPaths", "aws:TagKeys",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a key can have several values in a request. Such a key needs ForAllValues or ForAnyValue, and is no policy
    /// variable ("Single-valued vs. multivalued context keys" in the IAM User Guide,
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html).
    /// </summary>
    internal static bool IsMultivalued(string key) => Multivalued.Contains(key);
}
