namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>Where a call comes from and by which program, as its record says in <c>sourceIPAddress</c> and <c>userAgent</c>.</summary>
/// <param name="SourceAddress">The address of the client.</param>
/// <param name="UserAgent">What the client calls itself.</param>
/// <param name="IsSecureTransport">Whether the call came over TLS, or never left the process, which is as good: <c>aws:SecureTransport</c>.</param>
internal sealed record LocalClient(string SourceAddress, string UserAgent, bool IsSecureTransport);
