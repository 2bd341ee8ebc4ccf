using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// The Amazon Resource Name of a KMS key, such as
/// <c>arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab</c>. An instance exists only when valid.
/// See "Key identifiers (KeyId)" in the AWS KMS Developer Guide.
/// </summary>
public sealed partial record KeyArn
{
    private const string MultiRegionPrefix = "mrk-";

    private KeyArn(Match match)
    {
        Value = match.Value;
        Partition = match.Groups["partition"].Value;
        Region = match.Groups["region"].Value;
        Account = match.Groups["account"].Value;
        KeyId = match.Groups["id"].Value;
    }

    /// <summary>The whole ARN, as given.</summary>
    public string Value { get; }

    /// <summary>The partition: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>...</summary>
    public string Partition { get; }

    /// <summary>The key's region.</summary>
    public string Region { get; }

    /// <summary>The twelve digits of the owning account.</summary>
    public string Account { get; }

    /// <summary>The key id, the part after <c>key/</c>.</summary>
    public string KeyId { get; }

    /// <summary>True for a multi-Region key, whose id begins with <c>mrk-</c> ("Multi-Region keys in AWS KMS").</summary>
    public bool IsMultiRegion => KeyId.StartsWith(MultiRegionPrefix, StringComparison.Ordinal);

    /// <summary>
    /// Whether both name the same key material: the same key, or multi-Region keys that differ in nothing but the region
    /// (framework/aws-kms/aws-kms-mrk-match-for-decrypt.md).
    /// </summary>
    public bool IsRelatedTo(KeyArn other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Value == other.Value ||
            (IsMultiRegion && Partition == other.Partition && Account == other.Account && KeyId == other.KeyId);
    }

    /// <summary>The related key in a region: this key itself unless it is a multi-Region key.</summary>
    public KeyArn InRegion(string region) => IsMultiRegion ? Create(Partition, region, Account, KeyId) : this;

    /// <summary>Reads a key ARN.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidKeyArn</c>: the text is not a key ARN.</exception>
    public static KeyArn Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out KeyArn? arn)
            ? arn
            : throw new DataProtectionException(
                "InvalidKeyArn",
                FailureKind.InvalidArgument,
                text.Contains(":alias/", StringComparison.Ordinal)
                    ? $"\"{text}\" is an alias ARN; a key ARN is needed here, arn:{{partition}}:kms:{{region}}:{{account}}:key/{{key id}}."
                    : $"\"{text}\" is not a key ARN; it must read arn:{{partition}}:kms:{{region}}:{{account}}:key/{{key id}}.");
    }

    /// <summary>Reads a key ARN, or answers false.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out KeyArn? arn)
    {
        Match match = Pattern().Match(text ?? "");
        arn = match.Success ? new KeyArn(match) : null;
        return match.Success;
    }

    /// <summary>Whether a text is a key ARN; cheaper than to read it.</summary>
    internal static bool IsKeyArn(ReadOnlySpan<char> text) => Pattern().IsMatch(text);

    /// <summary>Composes a key ARN from its parts.</summary>
    public static KeyArn Create(string partition, string region, string account, string keyId) =>
        Parse($"arn:{partition}:kms:{region}:{account}:key/{keyId}");

    /// <inheritdoc />
    public override string ToString() => Value;

    [GeneratedRegex(
        @"\Aarn:(?<partition>aws(-[a-z]+)*):kms:(?<region>[a-z]{2,}(-[a-z]+)+-[0-9]+):(?<account>[0-9]{12}):key/(?<id>[A-Za-z0-9_-]{1,128})\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
