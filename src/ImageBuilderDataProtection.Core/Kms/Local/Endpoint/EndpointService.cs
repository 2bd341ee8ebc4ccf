namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>The AWS services that the endpoint answers for.</summary>
internal enum EndpointService
{
    /// <summary>AWS KMS, JSON 1.1.</summary>
    Kms,

    /// <summary>AWS STS, the Query protocol.</summary>
    Sts,

    /// <summary>AWS CloudTrail, JSON 1.1.</summary>
    CloudTrail,
}
