namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>Credentials for a local KMS endpoint. They are good for nothing else; AWS does not know them.</summary>
public sealed class LocalCredentials
{
    internal LocalCredentials(string accessKeyId, string secretAccessKey, string? sessionToken, DateTime? expiration)
    {
        AccessKeyId = accessKeyId;
        SecretAccessKey = secretAccessKey;
        SessionToken = sessionToken;
        Expiration = expiration;
    }

    /// <summary>The access key id. It is no secret: records show it.</summary>
    public string AccessKeyId { get; }

    /// <summary>The secret access key, with which requests are signed.</summary>
    public string SecretAccessKey { get; }

    /// <summary>The session token of a role session; null for the account root.</summary>
    public string? SessionToken { get; }

    /// <summary>When they end, UTC; null when they are good until they are revoked.</summary>
    public DateTime? Expiration { get; }

    /// <summary>The access key id, and nothing secret.</summary>
    public override string ToString() => AccessKeyId;
}
