using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// What a caller gives as KeyId: a key ARN, key id, alias ARN or alias name. An instance exists only when it has one of
/// these forms. See "Key identifiers (KeyId)" in the AWS KMS Developer Guide.
/// </summary>
public sealed partial record KeyIdentifier
{
    private KeyIdentifier(string value, KeyIdentifierKind kind, string resource, Match? arn)
    {
        Value = value;
        Kind = kind;
        Resource = resource;
        Partition = arn?.Groups["partition"].Value;
        Region = arn?.Groups["region"].Value;
        Account = arn?.Groups["account"].Value;
    }

    /// <summary>The identifier as given.</summary>
    public string Value { get; }

    /// <summary>Which of the four forms it has.</summary>
    public KeyIdentifierKind Kind { get; }

    /// <summary>The key id, or the alias name with its <c>alias/</c>, without any ARN before it.</summary>
    public string Resource { get; }

    /// <summary>The partition, when the identifier is an ARN.</summary>
    public string? Partition { get; }

    /// <summary>The region, when the identifier is an ARN.</summary>
    public string? Region { get; }

    /// <summary>The account, when the identifier is an ARN.</summary>
    public string? Account { get; }

    /// <summary>True for an alias name or alias ARN.</summary>
    public bool IsAlias => Kind is KeyIdentifierKind.AliasArn or KeyIdentifierKind.AliasName;

    /// <summary>Reads a key identifier of any of the four kinds.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidKeyId</c>: the text has none of the four forms.</exception>
    public static KeyIdentifier Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Match arn = Arn().Match(text);
        string resource = arn.Success ? arn.Groups["resource"].Value : text;
        bool isArn = arn.Success;
        if (AliasName().IsMatch(resource))
        {
            return new KeyIdentifier(text, isArn ? KeyIdentifierKind.AliasArn : KeyIdentifierKind.AliasName, resource, isArn ? arn : null);
        }

        string id = isArn && resource.StartsWith("key/", StringComparison.Ordinal) ? resource[4..] : isArn ? "" : resource;
        return KeyId().IsMatch(id)
            ? new KeyIdentifier(text, isArn ? KeyIdentifierKind.KeyArn : KeyIdentifierKind.KeyId, id, isArn ? arn : null)
            : throw new DataProtectionException(
                "InvalidKeyId",
                FailureKind.InvalidArgument,
                $"\"{text}\" names no key: give a key ARN, a key id, an alias ARN or an alias name such as alias/ExampleKMSKey.");
    }

    /// <summary>The identifier that is this key ARN.</summary>
    public static implicit operator KeyIdentifier(KeyArn arn) => Parse(arn.Value);

    /// <inheritdoc />
    public override string ToString() => Value;

    [GeneratedRegex(
        @"\Aarn:(?<partition>aws(-[a-z]+)*):kms:(?<region>[a-z]{2,}(-[a-z]+)+-[0-9]+):(?<account>[0-9]{12}):(?<resource>.+)\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Arn();

    [GeneratedRegex(@"\Aalias/[A-Za-z0-9/_-]{1,250}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AliasName();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyId();
}
