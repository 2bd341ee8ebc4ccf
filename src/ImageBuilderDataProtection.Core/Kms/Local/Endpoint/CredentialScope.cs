namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>What a signing key is good for: <c>20150830/us-east-1/iam/aws4_request</c>.</summary>
/// <param name="Date">The day, eight digits.</param>
/// <param name="Region">The region.</param>
/// <param name="Service">The service, such as <c>kms</c>.</param>
internal sealed record CredentialScope(string Date, string Region, string Service)
{
    /// <summary>The last part of every scope.</summary>
    public const string Terminator = "aws4_request";

    public override string ToString() => $"{Date}/{Region}/{Service}/{Terminator}";
}
