using System.Globalization;
using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>The session of temporary credentials: the element <c>userIdentity.sessionContext</c>.</summary>
public sealed class AuditSessionContext
{
    internal AuditSessionContext(JsonElement session)
    {
        SessionIssuer = session.Child("sessionIssuer") is { } issuer && issuer.EnumerateObject().Any() ? new AuditSessionIssuer(issuer) : null;
        if (session.Child("attributes") is { } attributes)
        {
            CreationDate = attributes.Time("creationDate");
            MfaAuthenticated = attributes.Truth("mfaAuthenticated");
            SessionCredentialFromConsole = attributes.Truth("sessionCredentialFromConsole");
        }

        SourceIdentity = session.Text("sourceIdentity");
        Ec2RoleDelivery = session.Text("ec2RoleDelivery");
        AssumedRoot = session.Truth("assumedRoot");
        WebIdFederationData = session.Child("webIdFederationData") is { } data && data.EnumerateObject().Any() ? new AuditWebIdFederationData(data) : null;
    }

    /// <summary>Whose credentials they are: the role, or for a federated user the IAM user or the account root.</summary>
    public AuditSessionIssuer? SessionIssuer { get; }

    /// <summary>When the credentials were issued, UTC.</summary>
    public DateTime? CreationDate { get; }

    /// <summary>Whether the credentials were issued with multi-factor authentication.</summary>
    public bool? MfaAuthenticated { get; }

    /// <summary>Whether the credentials are of a session in the AWS Management Console.</summary>
    public bool? SessionCredentialFromConsole { get; }

    /// <summary>Who assumed the role, as the first of a chain of sessions said with <c>SourceIdentity</c>.</summary>
    public string? SourceIdentity { get; }

    /// <summary>
    /// The version of the EC2 instance metadata service that gave the credentials out: <c>1.0</c> for IMDSv1, <c>2.0</c> for
    /// IMDSv2.
    /// </summary>
    public string? Ec2RoleDelivery { get; }

    /// <summary>Whether it is a privileged session of the account root, from <c>AssumeRoot</c>.</summary>
    public bool? AssumedRoot { get; }

    /// <summary>The identity provider, when the role was assumed by web identity federation.</summary>
    public AuditWebIdFederationData? WebIdFederationData { get; }

    /// <summary>On one line: whose credentials they are, who assumed the role, when they were issued, and whether with multi-factor authentication.</summary>
    public override string ToString()
    {
        string?[] parts =
        [
            SessionIssuer?.ToString() ?? WebIdFederationData?.ToString(),
            SourceIdentity is null ? null : $"source identity {SourceIdentity}",
            CreationDate is { } time ? $"since {time.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture)}" : null,
            MfaAuthenticated is { } isWithMfa ? (isWithMfa ? "with MFA" : "without MFA") : null,
        ];
        return TerminalText.Line(string.Join(", ", parts.Where(static part => !string.IsNullOrEmpty(part))));
    }
}
