using System.Buffers;

namespace ImageBuilderDataProtection.Policies;

/// <summary>A part of a <see cref="PolicyText"/>: characters and wildcards, or a policy variable.</summary>
/// <param name="Text">The characters; empty for a variable.</param>
/// <param name="Variable">The condition key of the variable; null for characters.</param>
/// <param name="Default">What stands for a variable that the request has no value for; null when the policy gives none.</param>
internal readonly record struct PolicyTextPart(string Text, string? Variable = null, string? Default = null)
{
    private const string DefaultSeparator = ", '";
    private static readonly SearchValues<char> NoNameCharacters = SearchValues.Create("${}'*?,");

    /// <summary>Reads the variable that the text begins with: <c>${key}</c> or <c>${key, 'default'}</c>.</summary>
    public static bool TryParseVariable(ReadOnlySpan<char> text, out PolicyTextPart variable, out int length)
    {
        variable = default;
        length = text.IndexOf('}') + 1;
        int separator = text.IndexOf(DefaultSeparator);
        ReadOnlySpan<char> fallback = [];
        bool hasDefault = separator >= 0 && separator < length;
        int nameEnd = length - 1;
        if (hasDefault)
        {
            nameEnd = separator;
            int start = separator + DefaultSeparator.Length;
            int end = text[start..].IndexOf("'}");
            if (end < 0)
            {
                return false;
            }

            fallback = text.Slice(start, end);
            length = start + end + 2;
        }

        if (length == 0 || nameEnd <= 2)
        {
            return false;
        }

        ReadOnlySpan<char> name = text[2..nameEnd];
        if (name.IndexOfAny(NoNameCharacters) >= 0 || name.Trim().Length != name.Length || WildcardPattern.IndexOfWildcard(fallback) >= 0)
        {
            return false;
        }

        variable = new PolicyTextPart("", name.ToString(), hasDefault ? fallback.ToString() : null);
        return true;
    }

    /// <summary>
    /// The characters, or the value of the variable; null when it has none. A key with several values is no variable
    /// ("Single-valued vs. multivalued context keys" in the IAM User Guide).
    /// </summary>
    public string? Resolve(RequestConditions request)
    {
        if (Variable is null)
        {
            return Text;
        }

        IReadOnlyList<string> values = request.Values(Variable);
        return values.Count switch
        {
            0 => Default,
            1 when !ConditionKeys.IsMultivalued(Variable) && WildcardPattern.IndexOfWildcard(values[0]) < 0 => values[0],
            _ => null,
        };
    }
}
