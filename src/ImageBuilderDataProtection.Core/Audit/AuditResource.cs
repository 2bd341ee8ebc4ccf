using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>A resource of the call: one element of <c>resources</c>.</summary>
/// <param name="AccountId">The account that owns the resource.</param>
/// <param name="Type">The type, such as <c>AWS::KMS::Key</c>.</param>
/// <param name="Arn">The resource's ARN.</param>
public sealed record AuditResource(string? AccountId, string? Type, string? Arn)
{
    internal AuditResource(JsonElement resource)
        : this(resource.Text("accountId"), resource.Text("type"), resource.Text("ARN"))
    {
    }

    /// <summary>The ARN.</summary>
    public override string ToString() => Arn ?? "";
}
