namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>A request whose signature was verified.</summary>
/// <param name="Request">The request.</param>
/// <param name="Signer">Whose credentials signed it.</param>
/// <param name="Region">The region of the credential scope.</param>
internal sealed record SignedRequest(EndpointRequest Request, IssuedCredentials Signer, string Region);
