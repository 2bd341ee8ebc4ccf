using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>How a local KMS is served.</summary>
public sealed record LocalKmsEndpointSettings
{
    /// <summary>The port on 127.0.0.1; null for a free one.</summary>
    public int? Port { get; init; }

    /// <summary>The account whose root the credentials are of, twelve digits; null for the role's, or the only one with keys in the store.</summary>
    public string? Account { get; init; }

    /// <summary>The partition of the account root: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>...</summary>
    public string Partition { get; init; } = "aws";

    /// <summary>The role of which the credentials are a session; null for the account root.</summary>
    public PrincipalArn? Role { get; init; }

    /// <summary>The name of the role's session.</summary>
    public string RoleSessionName { get; init; } = LocalCaller.DefaultSessionName;

    /// <summary>The only region that requests may be signed for, such as <c>us-west-2</c>; null for any, since a store keeps several apart.</summary>
    public string? Region { get; init; }
}
