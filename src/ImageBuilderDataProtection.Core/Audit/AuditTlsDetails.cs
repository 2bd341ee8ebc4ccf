using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>How the connection was secured: the element <c>tlsDetails</c>. CloudTrail writes what it knows of it.</summary>
/// <param name="TlsVersion">The TLS version, such as <c>TLSv1.3</c>.</param>
/// <param name="CipherSuite">The cipher suite, such as <c>TLS_AES_128_GCM_SHA256</c>.</param>
/// <param name="KeyExchange">The key exchange, such as <c>X25519MLKEM768</c>, which is post-quantum.</param>
/// <param name="ClientProvidedHostHeader">The host name that the client asked for, mostly that of the service's endpoint.</param>
public sealed record AuditTlsDetails(string? TlsVersion, string? CipherSuite, string? KeyExchange, string? ClientProvidedHostHeader)
{
    internal AuditTlsDetails(JsonElement details)
        : this(details.Text("tlsVersion"), details.Text("cipherSuite"), details.Text("keyExchange"), details.Text("clientProvidedHostHeader"))
    {
    }

    /// <summary>The TLS version.</summary>
    public override string ToString() => TlsVersion ?? "";
}
