using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// Signature Version 4 of the requests that the endpoint takes: to the path <c>/</c>, without a query string ("Create a signed
/// AWS API request" in the IAM User Guide).
/// </summary>
internal static partial class SignatureV4
{
    /// <summary>The algorithm.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>How <c>X-Amz-Date</c> is written.</summary>
    public const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The hexadecimal SHA-256 of a body.</summary>
    public static string HashOf(ReadOnlySpan<byte> body) => Convert.ToHexString(SHA256.HashData(body)).ToLowerInvariant();

    /// <summary>The canonical request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="signedHeaders">Names in lower case, in order, with their values.</param>
    /// <param name="bodyHash">The hexadecimal SHA-256 of the body.</param>
    public static string CanonicalRequest(string method, IReadOnlyList<KeyValuePair<string, string>> signedHeaders, string bodyHash)
    {
        var text = new StringBuilder().Append(method).Append("\n/\n\n");
        foreach ((string name, string value) in signedHeaders)
        {
            text.Append(name).Append(':').Append(Spaces().Replace(value.Trim(), " ")).Append('\n');
        }

        return text.Append('\n').AppendJoin(';', signedHeaders.Select(static header => header.Key)).Append('\n').Append(bodyHash).ToString();
    }

    /// <summary>The string to sign.</summary>
    public static string StringToSign(DateTime date, CredentialScope scope, string canonicalRequest) => string.Join(
        '\n', Algorithm, date.ToString(DateFormat, CultureInfo.InvariantCulture), scope, HashOf(Encoding.UTF8.GetBytes(canonicalRequest)));

    /// <summary>The signature, 32 bytes.</summary>
    public static byte[] Sign(string secretAccessKey, CredentialScope scope, string stringToSign)
    {
        byte[] secret = Encoding.UTF8.GetBytes("AWS4" + secretAccessKey);
        byte[] key = secret;
        try
        {
            foreach (string part in (string[])[scope.Date, scope.Region, scope.Service, CredentialScope.Terminator])
            {
                byte[] next = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
                CryptographicOperations.ZeroMemory(key);
                key = next;
            }

            return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(stringToSign));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
