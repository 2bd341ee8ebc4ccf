using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit;

/// <summary>The session of temporary credentials: the element <c>userIdentity.sessionContext</c>.</summary>
public sealed class AuditSessionContext
{
    internal AuditSessionContext(JObject session)
    {
        SessionIssuer = session["sessionIssuer"] is JObject { Count: > 0 } issuer ? new AuditSessionIssuer(issuer) : null;
        if (session["attributes"] is JObject attributes)
        {
            CreationDate = attributes.Time("creationDate");
            MfaAuthenticated = bool.TryParse(attributes.Text("mfaAuthenticated"), out bool mfa) ? mfa : null;
        }
    }

    /// <summary>Whose credentials they are: the role.</summary>
    public AuditSessionIssuer? SessionIssuer { get; }

    /// <summary>When the credentials were issued, UTC.</summary>
    public DateTime? CreationDate { get; }

    /// <summary>Whether the credentials were issued with multi-factor authentication.</summary>
    public bool? MfaAuthenticated { get; }
}
