using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>
/// To be told about a key, which opens nothing. These operations take no encryption context, so that a condition on it would
/// keep the statement from ever applying ("kms:EncryptionContext:context-key" in the AWS KMS Developer Guide).
/// </summary>
/// <param name="Actions">Some of <see cref="AllActions"/>.</param>
internal sealed record DescriptionGrant(IReadOnlyList<string> Actions)
{
    /// <summary>
    /// The operations that read about one key, with a key as their resource ("AWS KMS permissions" in the AWS KMS Developer
    /// Guide). ListAliases has none: an IAM policy alone allows it.
    /// </summary>
    public static readonly IReadOnlyList<string> AllActions =
    [
        "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations", "kms:ListResourceTags",
    ];

    public JObject ToKeyStatement(string sid, IEnumerable<PrincipalArn> principals) => new()
    {
        ["Sid"] = sid,
        ["Effect"] = "Allow",
        ["Principal"] = new JObject { ["AWS"] = PolicyDocument.OneOrList(principals.Select(static principal => principal.Value)) },
        ["Action"] = PolicyDocument.OneOrList(Actions),
        ["Resource"] = "*",
    };

    public JObject ToRoleStatement(string sid, IEnumerable<KeyArn> keys) => new()
    {
        ["Sid"] = sid,
        ["Effect"] = "Allow",
        ["Action"] = PolicyDocument.OneOrList(Actions),
        ["Resource"] = PolicyDocument.OneOrList(keys.Select(static key => key.Value)),
    };
}
