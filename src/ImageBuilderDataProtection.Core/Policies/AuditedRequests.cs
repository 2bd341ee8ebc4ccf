using System.Globalization;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// The requests that an audit event shows, as the policies saw them ("CloudTrail record contents" and "CloudTrail userIdentity
/// element" in the CloudTrail User Guide). A ReEncrypt is two: kms:ReEncryptFrom and kms:ReEncryptTo.
/// </summary>
public static class AuditedRequests
{
    private const string ReEncrypt = "ReEncrypt";

    /// <summary>The requests of an event.</summary>
    /// <param name="record">The event.</param>
    /// <param name="fallback">The key that is meant when the event does not name it; null for none.</param>
    /// <exception cref="DataProtectionException">
    /// The event does not show the request: <c>AuditPrincipalUnknown</c>, <c>AuditKeyUnknown</c>, <c>AuditContextHidden</c>.
    /// </exception>
    public static IReadOnlyList<PolicyRequest> From(KmsAuditEvent record, KeyArn? fallback = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        RequestPrincipal principal = ReadPrincipal(record);
        return record.EventName == ReEncrypt
            ?
            [
                ToRequest("ReEncryptFrom", KeyOf("sourceKeyId", 0), "sourceEncryptionContext"),
                ToRequest("ReEncryptTo", KeyOf("destinationKeyId", 1), "destinationEncryptionContext"),
            ]
            : [ToRequest(record.EventName, ToKey(record.KeyArn), "encryptionContext")];

        PolicyRequest ToRequest(string name, KeyArn? key, string context) => new(
            principal,
            KmsActions.Prefix + name,
            key ?? fallback ?? throw Unusable(record, "AuditKeyUnknown", "does not name the key by its ARN; say which key is meant"),
            ReadConditions(record, principal, (key ?? fallback)!, KmsActions.WithContext.Contains(KmsActions.Prefix + name) ? ReadContext(record, context) : null));

        KeyArn? KeyOf(string parameter, int index) => ReEncryptKey(record, parameter, index);
    }

    /// <summary>One of the two keys of a ReEncrypt; null when the event does not tell it.</summary>
    /// <param name="record">The event.</param>
    /// <param name="parameter">The request parameter that names the key.</param>
    /// <param name="index">
    /// Its place among the resources: the source key stands first ("ReEncrypt" in "Logging AWS KMS API calls with AWS
    /// CloudTrail"). A call that was denied may have only the source.
    /// </param>
    internal static KeyArn? ReEncryptKey(KmsAuditEvent record, string parameter, int index) =>
        ToKey(record.RequestParameter(parameter) as string)
        ?? (record.Resources.Count == 2 || index == 0 ? ToKey(record.Resources.ElementAtOrDefault(index)?.Arn) : null);

    /// <summary>Who called.</summary>
    /// <exception cref="DataProtectionException"><c>AuditPrincipalUnknown</c>: no role, user or account root is named.</exception>
    internal static RequestPrincipal ReadPrincipal(KmsAuditEvent record)
    {
        AuditUserIdentity? identity = record.UserIdentity;
        switch (identity?.Type)
        {
            // The session's ARN has not the path of the role; its issuer's has, and no other will do.
            case "AssumedRole" when PrincipalArn.TryParse(identity.SessionContext?.SessionIssuer?.Arn, out PrincipalArn? role) && role.Kind == PrincipalKind.Role:
                return PrincipalArn.TryParse(identity.Arn, out PrincipalArn? session) && session.SessionName is { } name
                    ? RequestPrincipal.RoleSession(role, name)
                    : RequestPrincipal.Of(role);
            case "IAMUser" or "Root" when PrincipalArn.TryParse(identity.Arn, out PrincipalArn? arn) && arn.Kind is PrincipalKind.User or PrincipalKind.AccountRoot:
                return RequestPrincipal.From(arn);
            case "AWSAccount":
                throw Unusable(record, "AuditPrincipalUnknown", $"is of the account {identity.AccountId}, and only the trail of that account names the role");
            case "AWSService":
                throw Unusable(record, "AuditPrincipalUnknown", $"was made by the service {identity.InvokedBy} itself, not for a role or user");
            case null:
                throw Unusable(record, "AuditPrincipalUnknown", "does not say who called");
            default:
                throw Unusable(record, "AuditPrincipalUnknown", $"names no role or user; its caller is of the type {identity.Type}");
        }
    }

    /// <summary>A failure that names the event.</summary>
    internal static DataProtectionException Unusable(KmsAuditEvent record, string errorId, string reason) => new(
        errorId,
        FailureKind.InvalidData,
        $"The audit event {record.EventId ?? "without an id"} ({record.EventName} at {record.EventTime.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture)}) {reason}.");

    // A request without its parameters would look like one without a context, and every reason found would be wrong.
    private static EncryptionContext ReadContext(KmsAuditEvent record, string name)
    {
        if (record.IsEncryptionContextHidden || record.RequestParameters is null)
        {
            throw Unusable(record, "AuditContextHidden", "does not show its encryption context, so what a condition made of it cannot be told");
        }

        return EncryptionContext.Create(PairsOf(record, name) ?? []);
    }

    /// <summary>The pairs of an encryption context that a request has as a parameter; null when it has none.</summary>
    internal static Dictionary<string, string>? PairsOf(KmsAuditEvent record, string name) =>
        record.RequestParameter(name) is IReadOnlyDictionary<string, object?> pairs
            ? pairs.Where(static pair => pair.Value is string).ToDictionary(static pair => pair.Key, static pair => (string)pair.Value!, StringComparer.Ordinal)
            : null;

    private static RequestConditions ReadConditions(KmsAuditEvent record, RequestPrincipal principal, KeyArn key, EncryptionContext? context)
    {
        string? service = ViaService.Of(record.InvokedBy, record.AwsRegion ?? key.Region);
        return RequestConditions.For(
            principal,
            context,
            service,
            new (string Key, string? Value)[]
            {
                ("aws:CurrentTime", record.EventTime.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture)),
                ("aws:EpochTime", new DateTimeOffset(record.EventTime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                ("aws:MultiFactorAuthPresent", record.UserIdentity?.SessionContext?.MfaAuthenticated is { } mfa ? (mfa ? "true" : "false") : null),
                ("aws:PrincipalType", principal.IsAccountRoot ? "Account" : principal.Identity.Kind == PrincipalKind.User ? "User" : "AssumedRole"),
                ("aws:RequestedRegion", record.AwsRegion),
                ("aws:SecureTransport", "true"),
                ("aws:SourceIp", service is null ? record.SourceIPAddress : null),
                ("aws:SourceVpce", record.VpcEndpointId),
                ("aws:UserAgent", record.UserAgent),
                ("aws:ViaAWSService", service is null ? "false" : "true"),
                ("kms:EncryptionAlgorithm", context is null ? null : "SYMMETRIC_DEFAULT"),
                ("kms:RequestAlias", AliasOf(record.RequestParameter("keyId") as string)),
            }.Where(static pair => pair.Value is not null).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value!)));
    }

    private static string? AliasOf(string? keyId) => keyId?.IndexOf("alias/", StringComparison.Ordinal) is >= 0 and int start ? keyId[start..] : null;

    internal static KeyArn? ToKey(string? arn) => KeyArn.TryParse(arn, out KeyArn? key) ? key : null;
}
