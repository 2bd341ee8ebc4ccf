using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Protection;

/// <summary>
/// Compares the encryption context a caller expects with the one a message carries, before KMS is asked. KMS compares
/// again, but answers only InvalidCiphertextException; here the one pair that differs is named.
/// </summary>
internal static class ContextCheck
{
    /// <summary>Refuses a message whose context is not exactly the expected one.</summary>
    /// <param name="expected">What the caller gave.</param>
    /// <param name="found">What the message carries, without the Encryption SDK's own pairs.</param>
    /// <exception cref="DataProtectionException"><c>EncryptionContextMismatch</c>.</exception>
    public static void RequireEqual(EncryptionContext expected, EncryptionContext found)
    {
        string? difference = expected.Select(pair => DescribeExpected(pair.Key, pair.Value, found)).FirstOrDefault(static text => text is not null)
            ?? found.Where(pair => !expected.ContainsKey(pair.Key)).Select(DescribeUnexpected).FirstOrDefault();
        if (difference is not null)
        {
            throw new DataProtectionException(
                "EncryptionContextMismatch",
                FailureKind.SecurityViolation,
                $"The encryption context does not match: {difference}. KMS was not asked.");
        }
    }

    private static string? DescribeExpected(string key, string value, EncryptionContext found)
    {
        if (found.TryGetValue(key, out string? actual))
        {
            return actual == value ? null : $"{key} is expected to be \"{value}\" but the message has \"{actual}\" ({DescribeText(value, actual)})";
        }

        string? sameButCase = found.Keys.FirstOrDefault(other => string.Equals(other, key, StringComparison.OrdinalIgnoreCase));
        return sameButCase is null
            ? $"{key} is expected but the message does not have it"
            : $"{key} is expected but the message has {sameButCase} (case counts)";
    }

    private static string DescribeUnexpected(KeyValuePair<string, string> pair) =>
        $"the message also has {pair.Key} = \"{pair.Value}\", which was not given (-EncryptionContext)";

    private static string DescribeText(string expected, string actual)
    {
        int position = expected.AsSpan().CommonPrefixLength(actual);
        string how = string.Equals(expected, actual, StringComparison.OrdinalIgnoreCase) ? "they differ in case" : "they differ";
        return $"{how} at position {position + 1}";
    }
}
