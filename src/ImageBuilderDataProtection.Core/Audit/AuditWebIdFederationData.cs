using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// The identity provider through which a role was assumed by web identity federation: the element
/// <c>userIdentity.sessionContext.webIdFederationData</c>.
/// </summary>
public sealed class AuditWebIdFederationData
{
    internal AuditWebIdFederationData(JsonElement data)
    {
        FederatedProvider = data.Text("federatedProvider");
        Attributes = data.Child("attributes")?.ToValues();
    }

    /// <summary>The provider, such as <c>accounts.google.com</c> or the ARN of an OIDC provider.</summary>
    public string? FederatedProvider { get; }

    /// <summary>The application's and the user's ids as the provider tells them.</summary>
    public IReadOnlyDictionary<string, object?>? Attributes { get; }

    /// <summary>The provider.</summary>
    public override string ToString() => FederatedProvider ?? "";
}
