using System.Collections.Immutable;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// The secrets of a session, to be kept out of what it says. AWS repeats what it was sent in some errors: the text that was
/// signed, with the session token in it, when a signature is wrong.
/// </summary>
internal sealed class AwsSecrets
{
    /// <summary>How many secrets are kept: those last used. Credentials are renewed, and what was sent long ago comes back no more.</summary>
    public const int MaxSecrets = 32;

    private const string Withheld = "(withheld)";

    private ImmutableArray<string> _secrets = [];

    /// <summary>How many secrets are kept now.</summary>
    public int Count => _secrets.Length;

    /// <summary>Adds a secret, as the one last used; nothing for null or empty.</summary>
    public void Add(string? secret)
    {
        if (!string.IsNullOrEmpty(secret))
        {
            ImmutableInterlocked.Update(
                ref _secrets,
                static (known, added) => known is [.., var last] && last == added ? known : [.. known.Remove(added, StringComparer.Ordinal).TakeLast(MaxSecrets - 1), added],
                secret);
        }
    }

    /// <summary>The text without the secrets.</summary>
    public string Redact(string text) => _secrets.Aggregate(text, static (clean, secret) => clean
        .Replace(secret, Withheld, StringComparison.Ordinal)
        .Replace(Uri.EscapeDataString(secret), Withheld, StringComparison.Ordinal));

    /// <summary>Whether the text repeats a secret.</summary>
    public bool AreIn(string text) => Redact(text) != text;
}
