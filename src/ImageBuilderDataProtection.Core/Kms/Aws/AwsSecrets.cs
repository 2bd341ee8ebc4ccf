using System.Collections.Concurrent;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// The secrets of a session, to be kept out of what it says. AWS repeats what it was sent in some errors: the text that was
/// signed, with the session token in it, when a signature is wrong.
/// </summary>
internal sealed class AwsSecrets
{
    private const string Withheld = "(withheld)";

    private readonly ConcurrentDictionary<string, byte> _secrets = new(StringComparer.Ordinal);

    /// <summary>Adds a secret; nothing for null or empty.</summary>
    public void Add(string? secret)
    {
        if (!string.IsNullOrEmpty(secret))
        {
            _secrets[secret] = 0;
        }
    }

    /// <summary>The text without the secrets.</summary>
    public string Redact(string text) => _secrets.Keys.Aggregate(text, static (clean, secret) => clean
        .Replace(secret, Withheld, StringComparison.Ordinal)
        .Replace(Uri.EscapeDataString(secret), Withheld, StringComparison.Ordinal));

    /// <summary>Whether the text repeats a secret.</summary>
    public bool AreIn(string text) => Redact(text) != text;
}
