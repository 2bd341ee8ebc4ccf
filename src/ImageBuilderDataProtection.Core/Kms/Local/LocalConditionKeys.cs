using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// The condition keys of which the local KMS knows what a request has: a value, or none, as for what only a VPC endpoint, a
/// grant or a calling service brings along. Of any other key AWS might supply a value here where the local KMS has none, so
/// that a Deny would not deny; a policy that uses one is refused.
/// </summary>
internal static class LocalConditionKeys
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ConditionKeys.CallerAccount,
        ConditionKeys.EncryptionContextKeys,
        ConditionKeys.PrincipalAccount,
        ConditionKeys.PrincipalArn,
        ConditionKeys.Username,
        ConditionKeys.ViaService,
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalType",
        "aws:RequestedRegion",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:TokenIssueTime",
        "aws:ViaAWSService",
        "aws:VpcSourceIp",
        "kms:BypassPolicyLockoutSafetyCheck",
        "kms:EncryptionAlgorithm",
        "kms:GrantIsForAWSResource",
        "kms:KeyOrigin",
        "kms:KeySpec",
        "kms:KeyUsage",
        "kms:MultiRegion",
        "kms:ReEncryptOnSameKey",
        "kms:RequestAlias",
        "kms:ResourceAliases",
    };

    /// <summary>The first condition key of a policy that the local KMS cannot answer for; null when there is none.</summary>
    public static string? FindUnknown(PolicyDocument policy) => policy.Statements
        .SelectMany(static statement => statement.Conditions)
        .Select(static condition => condition.Key)
        .FirstOrDefault(static key => !Known.Contains(key) && !key.StartsWith(ConditionKeys.EncryptionContextPrefix, StringComparison.OrdinalIgnoreCase));
}
