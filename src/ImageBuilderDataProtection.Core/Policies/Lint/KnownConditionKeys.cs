using System.Collections.Frozen;

namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>
/// The condition keys that a request to KMS can have ("AWS KMS condition keys" in the AWS KMS Developer Guide,
/// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html; "AWS global condition context keys" in the IAM
/// User Guide, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). Their names are
/// compared without regard to case.
/// </summary>
internal static class KnownConditionKeys
{
    private static readonly FrozenSet<string> Kms = Named(
        "kms:",
        "BypassPolicyLockoutSafetyCheck", "CallerAccount", "CustomerMasterKeySpec", "CustomerMasterKeyUsage", "DataKeyPairSpec", "EncryptionAlgorithm",
        "EncryptionContextKeys", "ExpirationModel", "GrantConstraintSourceArn", "GrantConstraintType", "GranteePrincipal", "GranteeServicePrincipal",
        "GrantIsForAWSResource", "GrantOperations", "KeyAgreementAlgorithm", "KeyOrigin", "KeySpec", "KeyUsage", "MacAlgorithm", "MessageType",
        "MultiRegion", "MultiRegionKeyType", "PrimaryRegion", "ReEncryptOnSameKey", "ReplicaRegion", "RequestAlias", "ResourceAliases", "RetiringPrincipal",
        "RetiringServicePrincipal", "RotationPeriodInDays", "ScheduleKeyDeletionPendingWindowInDays", "SigningAlgorithm", "TrailingDaysWithoutKeyUsage",
        "ValidTo", "ViaService", "WrappingAlgorithm", "WrappingKeySpec");

    private static readonly FrozenSet<string> Global = Named(
        "aws:",
        "AssumedRoot", "CalledVia", "CalledViaAWSMCP", "CalledViaFirst", "CalledViaLast", "ChatbotSourceArn", "CurrentTime", "Ec2InstanceSourcePrivateIPv4",
        "Ec2InstanceSourceVpc", "EpochTime", "FederatedProvider", "IsMcpServiceAction", "MultiFactorAuthAge", "MultiFactorAuthPresent", "PrincipalAccount",
        "PrincipalArn", "PrincipalIsAWSService", "PrincipalOrgID", "PrincipalOrgPaths", "PrincipalServiceName", "PrincipalServiceNamesList", "PrincipalType",
        "Referer", "RequestedRegion", "ResourceAccount", "ResourceOrgID", "ResourceOrgPaths", "SecureTransport", "SourceAccount", "SourceArn",
        "SourceIdentity", "SourceIp", "SourceOrgID", "SourceOrgPaths", "SourceOwner", "SourceVpc", "SourceVpcArn", "SourceVpce", "TagKeys",
        "TokenIssueTime", "UserAgent", "UserId", "Username", "ViaAWSMCPService", "ViaAWSService", "VpceAccount", "VpceOrgID", "VpceOrgPaths", "VpcSourceIp");

    // What stands after these is chosen by whoever makes the pair, the tag or the enclave.
    private static readonly string[] OpenPrefixes =
        [ConditionKeys.EncryptionContextPrefix, "kms:RecipientAttestation:", "aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/"];

    private static readonly FrozenDictionary<string, string> Deprecated = new Dictionary<string, string>
    {
        ["kms:CustomerMasterKeySpec"] = "kms:KeySpec",
        ["kms:CustomerMasterKeyUsage"] = "kms:KeyUsage",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>All names of fixed keys, to find the one that was meant.</summary>
    public static IEnumerable<string> Names => Kms.Concat(Global);

    /// <summary>Whether a request to KMS can have the key.</summary>
    public static bool IsKnown(string key) =>
        Kms.Contains(key) || Global.Contains(key)
        || OpenPrefixes.Any(prefix => key.Length > prefix.Length && key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>What stands in place of a deprecated key; null for the others.</summary>
    public static string? Replacement(string key) => Deprecated.GetValueOrDefault(key);

    private static FrozenSet<string> Named(string prefix, params string[] names) =>
        names.Select(name => prefix + name).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
