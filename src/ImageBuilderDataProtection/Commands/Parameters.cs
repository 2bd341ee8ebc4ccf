using System.Collections;
using System.Management.Automation;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Turns what users type into Core's values.</summary>
internal static class Parameters
{
    /// <summary>The pairs of a hashtable; none for null.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidEncryptionContext</c>: a key or value has no text.</exception>
    public static EncryptionContext ToContext(Hashtable? pairs) =>
        Kms.EncryptionContext.Create((pairs ?? []).Cast<DictionaryEntry>().Select(static pair =>
            KeyValuePair.Create(Text(pair.Key, "a key"), Text(pair.Value, $"the value of \"{pair.Key}\""))));

    /// <summary>The condition keys of a hashtable, once for each of their values; none for null.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidConditionKey</c>: a value has no text.</exception>
    public static IEnumerable<KeyValuePair<string, string>> ToConditions(Hashtable? keys) =>
        from key in (keys ?? []).Cast<DictionaryEntry>()
        from value in key.Value is IList many ? many.Cast<object?>() : [key.Value]
        select KeyValuePair.Create(Text(key.Key, "a key", "ConditionKey"), Text(value, $"the value of \"{key.Key}\"", "ConditionKey"));

    /// <summary>The keys that these texts name.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidKeyId</c>: a text names no key.</exception>
    public static IReadOnlyList<KeyIdentifier> ToKeys(IEnumerable<string>? keyIds) => [.. (keyIds ?? []).Select(KeyIdentifier.Parse)];

    // What merely has a ToString, such as a date or a hashtable, would be bound for good as text that no one meant.
    private static string Text(object? value, string what, string parameter = "EncryptionContext") => Wrapped.Unwrap(value) is string or int or long or bool
        ? LanguagePrimitives.ConvertTo<string>(value)
        : throw new DataProtectionException(
            "Invalid" + parameter, FailureKind.InvalidArgument, $"-{parameter} has no text as {what}; give strings, whole numbers or booleans only.");
}
