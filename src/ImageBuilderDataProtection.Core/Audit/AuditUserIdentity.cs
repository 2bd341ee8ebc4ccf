using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>Who made the call: the element <c>userIdentity</c> ("CloudTrail userIdentity element" in the CloudTrail User Guide).</summary>
public sealed class AuditUserIdentity
{
    internal AuditUserIdentity(JsonElement identity)
    {
        Type = identity.Text("type");
        PrincipalId = identity.Text("principalId");
        Arn = identity.Text("arn");
        AccountId = identity.Text("accountId");
        AccessKeyId = identity.Text("accessKeyId");
        UserName = identity.Text("userName");
        InvokedBy = identity.Text("invokedBy");
        InvokedByDelegateAccountId = identity.Child("invokedByDelegate")?.Text("accountId");
        SessionContext = identity.Child("sessionContext") is { } session ? new AuditSessionContext(session) : null;
        OnBehalfOf = identity.Child("onBehalfOf") is { } user ? new AuditOnBehalfOf(user) : null;
        InScopeOf = identity.Child("inScopeOf") is { } scope ? new AuditInScopeOf(scope) : null;
        CredentialId = identity.Text("credentialId");
        IdentityProvider = identity.Text("identityProvider");
    }

    /// <summary>
    /// The type: <c>Root</c>, <c>IAMUser</c>, <c>AssumedRole</c>, <c>Role</c>, <c>FederatedUser</c>, <c>Directory</c>,
    /// <c>AWSAccount</c>, <c>AWSService</c>, <c>IdentityCenterUser</c>, <c>SAMLUser</c>, <c>WebIdentityUser</c> or <c>Unknown</c>;
    /// null for what a service did of itself, such as a yearly key rotation.
    /// </summary>
    public string? Type { get; }

    /// <summary>The unique id of the identity; for a role session or federated user with <c>:</c> and the session's name.</summary>
    public string? PrincipalId { get; }

    /// <summary>The ARN of the identity.</summary>
    public string? Arn { get; }

    /// <summary>The account of the identity.</summary>
    public string? AccountId { get; }

    /// <summary>The id of the access key that signed the request. It is no secret.</summary>
    public string? AccessKeyId { get; }

    /// <summary>The friendly name of the identity; for the account root the account's alias.</summary>
    public string? UserName { get; }

    /// <summary>The AWS service that made the request for the identity, such as <c>imagebuilder.amazonaws.com</c>.</summary>
    public string? InvokedBy { get; }

    /// <summary>The account of a product's provider who made the request with access that the identity delegated for a time.</summary>
    public string? InvokedByDelegateAccountId { get; }

    /// <summary>The session, when temporary credentials were used.</summary>
    public AuditSessionContext? SessionContext { get; }

    /// <summary>The IAM Identity Center user for whom the request was made.</summary>
    public AuditOnBehalfOf? OnBehalfOf { get; }

    /// <summary>What the request of a service, or its credentials, belongs to.</summary>
    public AuditInScopeOf? InScopeOf { get; }

    /// <summary>The id of the bearer token that stood for an access key, such as an IAM Identity Center user's. It is no secret.</summary>
    public string? CredentialId { get; }

    /// <summary>The external identity provider, for <c>SAMLUser</c> and <c>WebIdentityUser</c>.</summary>
    public string? IdentityProvider { get; }

    /// <summary>
    /// Everything that a user may name this identity by: the ARN, the role's ARN, the user name, the principal id, the name of the
    /// session, the source identity, the account, the IAM Identity Center user's id, the identity provider, and for what no
    /// principal but a service did, the service. Each is a text of the record or the end of one.
    /// </summary>
    internal IEnumerable<string?> Names =>
    [
        Arn,
        SessionContext?.SessionIssuer?.Arn,
        UserName,
        SessionContext?.SessionIssuer?.UserName,
        PrincipalId,
        SessionName,
        SessionContext?.SourceIdentity,
        AccountId,
        OnBehalfOf?.UserId,
        IdentityProvider,
        Service,
    ];

    // A service that called for somebody is not who called.
    private string? Service => Type is null or "AWSService" ? InvokedBy : null;

    private string? SessionName =>
        Type is "AssumedRole" or "FederatedUser" && PrincipalId?.IndexOf(':', StringComparison.Ordinal) is >= 0 and int colon ? PrincipalId[(colon + 1)..] : null;

    /// <summary>
    /// What names the identity best: its ARN; else the role's ARN, the IAM Identity Center user's id, the user name, for what no
    /// principal but a service did the service, the account, the principal id or the key's id.
    /// </summary>
    public override string ToString() =>
        new[] { Arn, SessionContext?.SessionIssuer?.Arn, OnBehalfOf?.UserId, UserName, Service, AccountId, PrincipalId, CredentialId, AccessKeyId, InvokedBy, Type }
            .FirstOrDefault(static name => !string.IsNullOrEmpty(name)) ?? "";
}
