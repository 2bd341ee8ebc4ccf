namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>A role to assume.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="SessionName">The name of the session, as CloudTrail shows it.</param>
/// <param name="ExternalId">What its trust policy may ask for.</param>
/// <param name="MfaSerial">The MFA device whose code is asked for; null where none is.</param>
internal sealed record AwsRole(string Arn, string SessionName, string? ExternalId, string? MfaSerial);
