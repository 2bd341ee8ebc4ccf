using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>
/// The public keys that CloudTrail's digest files are verified with, found by their fingerprints. As a source of keys, it has these
/// for every region and time.
/// </summary>
public sealed class DigestPublicKeys : IDigestKeySource
{
    /// <summary>The size limit of a file with public keys, in bytes.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    private const string What = "file with public keys";

    private readonly Dictionary<string, DigestPublicKey> _keys;

    internal DigestPublicKeys(IEnumerable<DigestPublicKey> keys)
    {
        _keys = new Dictionary<string, DigestPublicKey>(StringComparer.Ordinal);
        foreach ((string fingerprint, DigestPublicKey key) in keys.SelectMany(static key => key.Fingerprints.Select(fingerprint => (fingerprint, key))))
        {
            _keys[fingerprint] = key;
        }
    }

    /// <summary>
    /// Reads keys from a file: what <c>aws cloudtrail list-public-keys</c> prints (ListPublicKeys in the CloudTrail API Reference),
    /// one or more keys in PEM form, or one key in DER form (PKCS #1 or SubjectPublicKeyInfo).
    /// </summary>
    /// <exception cref="DataProtectionException">
    /// <c>InvalidPublicKeyFile</c>: it holds no RSA public key; <c>FileNotFound</c>, <c>FileTooLarge</c>, <c>ReadFailed</c>.
    /// </exception>
    public static async Task<DigestPublicKeys> ReadAsync(string path, CancellationToken cancellationToken)
    {
        byte[] content = await BoundedFile.ReadAsync(path, MaxFileBytes, What, cancellationToken);
        try
        {
            return new DigestPublicKeys(Parse(content));
        }
        catch (Exception error) when (error is CryptographicException or FormatException or JsonSyntaxException)
        {
            throw new DataProtectionException(
                "InvalidPublicKeyFile",
                FailureKind.InvalidData,
                $"\"{path}\" holds no RSA public keys; give what \"aws cloudtrail list-public-keys\" prints, or keys in PEM or DER form.",
                error);
        }
    }

    /// <inheritdoc />
    public DigestPublicKeys Find(string region, DateTime start, DateTime end, CancellationToken cancellationToken) => this;

    internal DigestPublicKey? Find(string fingerprint) => _keys.GetValueOrDefault(fingerprint.ToLowerInvariant());

    /// <summary>Reads a key as ListPublicKeys gives it.</summary>
    /// <exception cref="FormatException">It has no value.</exception>
    /// <exception cref="CryptographicException">It is no RSA public key.</exception>
    internal static DigestPublicKey ParseListed(JObject key) => DigestPublicKey.Parse(
        Convert.FromBase64String(key.Text("Value") ?? throw new FormatException("A key has no Value.")), key.Text("Fingerprint"));

    private static List<DigestPublicKey> Parse(byte[] content)
    {
        ReadOnlySpan<byte> text = content.AsSpan().StartsWith("\uFEFF"u8) ? content.AsSpan(3) : content;
        return text.TrimStart(" \t\r\n"u8) switch
        {
            [(byte)'{', ..] => ParseList(StrictJson.ParseObject(text, "The list of public keys", MaxFileBytes)),
            [(byte)'-', ..] => ParsePem(Encoding.ASCII.GetString(text)),
            _ => [DigestPublicKey.Parse(content)],
        };
    }

    private static List<DigestPublicKey> ParseList(JObject list)
    {
        // The command line writes the API's own name, the guide shows another.
        JArray keys = (list["PublicKeyList"] ?? list["publicKeyList"]) as JArray ?? throw new FormatException("There is no PublicKeyList.");
        return [.. keys.Select(static key => ParseListed(key as JObject ?? throw new FormatException("A key is no object.")))];
    }

    private static List<DigestPublicKey> ParsePem(string text)
    {
        var keys = new List<DigestPublicKey>();
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            keys.Add(DigestPublicKey.Parse(Convert.FromBase64String(rest[fields.Base64Data].ToString())));
            rest = rest[fields.Location.End..];
        }

        return keys.Count > 0 ? keys : throw new FormatException("There is no PEM text.");
    }
}
