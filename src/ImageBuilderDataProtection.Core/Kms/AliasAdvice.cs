using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// Advice for who names an alias without its <c>alias/</c>: KMS takes that for a key id and finds no such key. A key id is a
/// UUID, or that of a multi-Region key, which begins with <c>mrk-</c> ("Key identifiers (KeyId)" in the AWS KMS Developer Guide).
/// </summary>
public static partial class AliasAdvice
{
    /// <summary>The advice, as a sentence; null where KMS's refusal is no such case.</summary>
    public static string? For(DataProtectionException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure is KmsException { ErrorId: "NotFoundException" }
            && MissingKey().Match(failure.Message) is { Success: true } match
            && match.Groups["id"].Value is var id
            && !Guid.TryParseExact(id, "D", out _)
            && !id.StartsWith("mrk-", StringComparison.Ordinal)
                ? $"If {id} is an alias, name it alias/{id}."
                : null;
    }

    // As KMS has it, which the local KMS repeats.
    [GeneratedRegex(@"(:key/|Invalid keyId '?)(?<id>[A-Za-z0-9_-]{1,128})'?( does not exist|\z|[ .;,])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex MissingKey();
}
