using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>Whose temporary credentials were used: the element <c>userIdentity.sessionContext.sessionIssuer</c>.</summary>
public sealed class AuditSessionIssuer
{
    internal AuditSessionIssuer(JsonElement issuer)
    {
        Type = issuer.Text("type");
        PrincipalId = issuer.Text("principalId");
        Arn = issuer.Text("arn");
        AccountId = issuer.Text("accountId");
        UserName = issuer.Text("userName");
    }

    /// <summary>The type: <c>Root</c>, <c>IAMUser</c> or <c>Role</c>.</summary>
    public string? Type { get; }

    /// <summary>The unique id.</summary>
    public string? PrincipalId { get; }

    /// <summary>The ARN, such as a role's.</summary>
    public string? Arn { get; }

    /// <summary>The account.</summary>
    public string? AccountId { get; }

    /// <summary>The friendly name, such as the role's.</summary>
    public string? UserName { get; }

    /// <summary>The ARN.</summary>
    public override string ToString() => Arn ?? PrincipalId ?? "";
}
