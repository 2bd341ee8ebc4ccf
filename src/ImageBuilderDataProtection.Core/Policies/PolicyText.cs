using System.Text;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// A text of a policy that a request is compared with: characters, wildcards where they are allowed, and policy variables
/// ("IAM policy elements: Variables and tags" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html). The value of a variable is taken
/// literally: no wildcard comes in by it.
/// </summary>
internal sealed class PolicyText
{
    private readonly PolicyTextPart[] _parts;
    private readonly string? _pattern;
    private readonly bool _hasWildcards;

    private PolicyText(PolicyTextPart[] parts)
    {
        _parts = parts;
        _pattern = HasVariables ? null : string.Concat(parts.Select(static part => part.Text));
        _hasWildcards = parts.Any(static part => WildcardPattern.IndexOfWildcard(part.Text) >= 0);
    }

    /// <summary>Whether a part is known only with the request.</summary>
    public bool HasVariables => Array.Exists(_parts, static part => part.Variable is not null);

    /// <summary>The text as a pattern; null when it has variables.</summary>
    public string? Pattern => _pattern;

    /// <summary>Reads a text, or says what is wrong with its variables.</summary>
    /// <param name="value">The text as the policy has it.</param>
    /// <param name="hasVariables">Whether <c>${…}</c> is a variable: in version 2012-10-17 of the language only.</param>
    /// <param name="hasWildcards">Whether <c>*</c> and <c>?</c> are wildcards.</param>
    /// <param name="problem">What keeps the text from being understood; null when nothing does.</param>
    public static PolicyText Parse(string value, bool hasVariables, bool hasWildcards, out string? problem)
    {
        problem = WildcardPattern.IndexOfWildcard(value) >= 0 ? $"\"{value}\" has a character that is none of Unicode" : null;
        var parts = new List<PolicyTextPart>();
        var literal = new StringBuilder();
        int index = 0;
        while (index < value.Length)
        {
            if (hasVariables && value.AsSpan(index).StartsWith("${"))
            {
                if (index + 3 < value.Length && value[index + 3] == '}' && value[index + 2] is '*' or '?' or '$')
                {
                    literal.Append(value[index + 2]);
                    index += 4;
                    continue;
                }

                if (!PolicyTextPart.TryParseVariable(value.AsSpan(index), out PolicyTextPart variable, out int length))
                {
                    problem ??= $"the policy variable in \"{value}\" is malformed; it must read ${{key}} or ${{key, 'default'}}";
                    break;
                }

                parts.Add(new PolicyTextPart(literal.ToString()));
                parts.Add(variable);
                literal.Clear();
                index += length;
                continue;
            }

            char character = value[index++];
            literal.Append(!hasWildcards ? character : character switch { '*' => WildcardPattern.Any, '?' => WildcardPattern.One, _ => character });
        }

        parts.Add(new PolicyTextPart(literal.ToString()));
        return new PolicyText([.. parts]);
    }

    /// <summary>Whether every variable has a value in the request, or a default.</summary>
    public bool Resolves(RequestConditions request) => !HasVariables || Expand(request) is not null;

    /// <summary>Whether the text matches; a variable without a value matches nothing ("Principal key values" on the page above).</summary>
    public bool IsMatch(ReadOnlySpan<char> text, RequestConditions request, bool ignoreCase = false)
    {
        string? pattern = _pattern ?? Expand(request);
        if (pattern is null)
        {
            return false;
        }

        return _hasWildcards ? WildcardPattern.IsMatch(pattern, text, ignoreCase)
            : ignoreCase ? text.Equals(pattern, StringComparison.OrdinalIgnoreCase)
            : text.SequenceEqual(pattern);
    }

    /// <summary>The text with the values of its variables, as a pattern; null when one has no value.</summary>
    public string? Expand(RequestConditions request)
    {
        if (_pattern is not null)
        {
            return _pattern;
        }

        var text = new StringBuilder();
        foreach (PolicyTextPart part in _parts)
        {
            if (part.Resolve(request) is not { } value)
            {
                return null;
            }

            text.Append(value);
        }

        return text.ToString();
    }

    /// <summary>Takes the text apart at its first colons, but not inside variables; null when it has fewer parts.</summary>
    public PolicyText[]? Split(int count)
    {
        var texts = new List<PolicyText>();
        var current = new List<PolicyTextPart>();
        foreach (PolicyTextPart part in _parts)
        {
            string rest = part.Text;
            while (part.Variable is null && texts.Count < count - 1 && rest.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0)
            {
                current.Add(new PolicyTextPart(rest[..colon]));
                texts.Add(new PolicyText([.. current]));
                current.Clear();
                rest = rest[(colon + 1)..];
            }

            current.Add(part with { Text = rest });
        }

        texts.Add(new PolicyText([.. current]));
        return texts.Count == count ? [.. texts] : null;
    }
}
