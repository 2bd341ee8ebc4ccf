using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>Who the calls are made as: the answer of GetCallerIdentity ("GetCallerIdentity" in the AWS STS API Reference).</summary>
/// <param name="Arn">The caller's ARN.</param>
/// <param name="Account">The caller's account.</param>
/// <param name="UserId">The caller's unique id.</param>
internal sealed record AwsCaller(string Arn, string Account, string UserId)
{
    /// <summary>The element <c>userIdentity</c> as far as the answer tells it ("CloudTrail userIdentity element").</summary>
    /// <param name="accessKeyId">The id of the access key that signs; it is no secret.</param>
    public JObject ToUserIdentity(string accessKeyId)
    {
        string resource = Arn.Split(':', 6) is [.., var last] ? last : "";
        var identity = new JObject();
        if (TypeOf(resource) is { } type)
        {
            identity["type"] = type;
        }

        identity["principalId"] = UserId;
        identity["arn"] = Arn;
        identity["accountId"] = Account;
        identity["accessKeyId"] = accessKeyId;
        if (resource.StartsWith("user/", StringComparison.Ordinal))
        {
            identity["userName"] = resource[(resource.LastIndexOf('/') + 1)..];
        }

        return identity;
    }

    private static string? TypeOf(string resource) =>
        resource == "root" ? "Root"
        : resource.StartsWith("user/", StringComparison.Ordinal) ? "IAMUser"
        : resource.StartsWith("assumed-role/", StringComparison.Ordinal) ? "AssumedRole"
        : resource.StartsWith("federated-user/", StringComparison.Ordinal) ? "FederatedUser"
        : null;
}
