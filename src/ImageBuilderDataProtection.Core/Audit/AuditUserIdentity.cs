using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit;

/// <summary>Who made the call: the element <c>userIdentity</c> ("CloudTrail userIdentity element" in the CloudTrail User Guide).</summary>
public sealed class AuditUserIdentity
{
    internal AuditUserIdentity(JObject identity)
    {
        Type = identity.Text("type");
        PrincipalId = identity.Text("principalId");
        Arn = identity.Text("arn");
        AccountId = identity.Text("accountId");
        AccessKeyId = identity.Text("accessKeyId");
        UserName = identity.Text("userName");
        InvokedBy = identity.Text("invokedBy");
        SessionContext = identity["sessionContext"] is JObject session ? new AuditSessionContext(session) : null;
    }

    /// <summary>The type, such as <c>AssumedRole</c>, <c>Root</c>, <c>IAMUser</c>, <c>AWSAccount</c> or <c>AWSService</c>.</summary>
    public string? Type { get; }

    /// <summary>The unique id of the identity; for a role session with <c>:</c> and the session name.</summary>
    public string? PrincipalId { get; }

    /// <summary>The ARN of the identity.</summary>
    public string? Arn { get; }

    /// <summary>The account of the identity.</summary>
    public string? AccountId { get; }

    /// <summary>The id of the access key that signed the request. It is no secret.</summary>
    public string? AccessKeyId { get; }

    /// <summary>The friendly name of the identity.</summary>
    public string? UserName { get; }

    /// <summary>The AWS service that made the request for the identity, such as <c>imagebuilder.amazonaws.com</c>.</summary>
    public string? InvokedBy { get; }

    /// <summary>The session, when temporary credentials were used.</summary>
    public AuditSessionContext? SessionContext { get; }

    /// <summary>Everything that a user may name this identity by: the ARN, the role's ARN, the user name, the principal id, the account.</summary>
    internal IEnumerable<string?> Names => [Arn, SessionContext?.SessionIssuer?.Arn, UserName, SessionContext?.SessionIssuer?.UserName, PrincipalId, AccountId];

    /// <summary>The ARN, or what names the identity best.</summary>
    public override string ToString() => Arn ?? SessionContext?.SessionIssuer?.Arn ?? InvokedBy ?? AccountId ?? PrincipalId ?? Type ?? "";
}
