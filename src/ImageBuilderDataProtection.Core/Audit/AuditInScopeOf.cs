using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>What a service's call, or the credentials it was made with, belongs to: the element <c>userIdentity.inScopeOf</c>.</summary>
/// <param name="SourceArn">The ARN of the resource that caused a call from service to service.</param>
/// <param name="SourceAccount">The account of that resource.</param>
/// <param name="IssuerType">The type of what the credentials were issued to, such as <c>AWS::Lambda::Function</c>.</param>
/// <param name="CredentialsIssuedTo">What the credentials were issued to, such as a function's or instance's ARN.</param>
public sealed record AuditInScopeOf(string? SourceArn, string? SourceAccount, string? IssuerType, string? CredentialsIssuedTo)
{
    internal AuditInScopeOf(JsonElement scope)
        : this(scope.Text("sourceArn"), scope.Text("sourceAccount"), scope.Text("issuerType"), scope.Text("credentialsIssuedTo"))
    {
    }

    /// <summary>What the credentials were issued to, or the source.</summary>
    public override string ToString() => CredentialsIssuedTo ?? SourceArn ?? SourceAccount ?? "";
}
