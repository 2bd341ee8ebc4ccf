using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>The IAM Identity Center user for whom the call was made: the element <c>userIdentity.onBehalfOf</c>.</summary>
/// <param name="UserId">The user's id, which does not change when the user's name does.</param>
/// <param name="IdentityStoreArn">The ARN of the identity store that has the user.</param>
public sealed record AuditOnBehalfOf(string? UserId, string? IdentityStoreArn)
{
    internal AuditOnBehalfOf(JsonElement user)
        : this(user.Text("userId"), user.Text("identityStoreArn"))
    {
    }

    /// <summary>The user's id.</summary>
    public override string ToString() => UserId ?? "";
}
