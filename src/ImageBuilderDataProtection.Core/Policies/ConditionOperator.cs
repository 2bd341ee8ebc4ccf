using System.Collections.Frozen;

namespace ImageBuilderDataProtection.Policies;

/// <summary>A condition operator that the evaluator knows ("IAM JSON policy elements: Condition operators" in the IAM User Guide).</summary>
internal readonly record struct ConditionOperator(
    ConditionQuantifier Quantifier, ConditionComparison Comparison, bool IsNegated, bool IfExists)
{
    private const string ForAllValues = "ForAllValues:";
    private const string ForAnyValue = "ForAnyValue:";
    private const string IfExistsSuffix = "IfExists";

    private static readonly FrozenDictionary<string, (ConditionComparison Comparison, bool IsNegated)> Comparisons =
        new Dictionary<string, (ConditionComparison, bool)>
        {
            ["StringEquals"] = (ConditionComparison.StringEquals, false),
            ["StringNotEquals"] = (ConditionComparison.StringEquals, true),
            ["StringEqualsIgnoreCase"] = (ConditionComparison.StringEqualsIgnoreCase, false),
            ["StringNotEqualsIgnoreCase"] = (ConditionComparison.StringEqualsIgnoreCase, true),
            ["StringLike"] = (ConditionComparison.StringLike, false),
            ["StringNotLike"] = (ConditionComparison.StringLike, true),
            ["ArnEquals"] = (ConditionComparison.Arn, false),
            ["ArnLike"] = (ConditionComparison.Arn, false),
            ["ArnNotEquals"] = (ConditionComparison.Arn, true),
            ["ArnNotLike"] = (ConditionComparison.Arn, true),
            ["Bool"] = (ConditionComparison.Bool, false),
            ["Null"] = (ConditionComparison.Null, false),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads an operator, or answers false for one that the evaluator does not know.</summary>
    public static bool TryParse(string text, out ConditionOperator parsed)
    {
        (ConditionQuantifier quantifier, string name) =
            text.StartsWith(ForAllValues, StringComparison.Ordinal) ? (ConditionQuantifier.All, text[ForAllValues.Length..])
            : text.StartsWith(ForAnyValue, StringComparison.Ordinal) ? (ConditionQuantifier.Any, text[ForAnyValue.Length..])
            : (ConditionQuantifier.Single, text);
        bool ifExists = name.EndsWith(IfExistsSuffix, StringComparison.Ordinal);
        bool isKnown = Comparisons.TryGetValue(ifExists ? name[..^IfExistsSuffix.Length] : name, out (ConditionComparison Comparison, bool IsNegated) known);
        parsed = new ConditionOperator(quantifier, known.Comparison, known.IsNegated, ifExists);

        // Null itself asks whether the key is there; it takes neither IfExists nor a quantifier.
        return isKnown && (known.Comparison != ConditionComparison.Null || (!ifExists && quantifier == ConditionQuantifier.Single));
    }

    /// <summary>Whether the condition holds; null when the request has several values and the operator asks for one.</summary>
    public bool? Holds(IReadOnlyList<string> requestValues, IReadOnlyList<string> policyValues)
    {
        if (Comparison == ConditionComparison.Null)
        {
            string wanted = requestValues.Count == 0 ? "true" : "false";
            return policyValues.Any(value => value.Equals(wanted, StringComparison.OrdinalIgnoreCase));
        }

        if (requestValues.Count == 0)
        {
            return IfExists || Quantifier == ConditionQuantifier.All || (Quantifier == ConditionQuantifier.Single && IsNegated);
        }

        if (requestValues.Count > 1 && Quantifier == ConditionQuantifier.Single)
        {
            return null;
        }

        ConditionOperator self = this;
        bool Satisfies(string value) => policyValues.Any(policyValue => self.IsMatch(policyValue, value)) != self.IsNegated;
        return Quantifier == ConditionQuantifier.Any ? requestValues.Any(Satisfies) : requestValues.All(Satisfies);
    }

    private bool IsMatch(string policyValue, string value) => Comparison switch
    {
        ConditionComparison.StringEquals => policyValue == value,
        ConditionComparison.StringEqualsIgnoreCase or ConditionComparison.Bool => policyValue.Equals(value, StringComparison.OrdinalIgnoreCase),
        ConditionComparison.StringLike => WildcardPattern.IsMatch(policyValue, value),
        ConditionComparison.Arn => ArnPattern.IsMatch(policyValue, value),
        _ => throw new InvalidOperationException($"{Comparison} compares no values."),
    };
}
