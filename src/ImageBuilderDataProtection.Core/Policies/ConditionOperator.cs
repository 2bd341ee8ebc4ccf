using System.Collections.Frozen;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// A condition operator ("IAM JSON policy elements: Condition operators" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
/// </summary>
internal readonly record struct ConditionOperator(
    ConditionQuantifier Quantifier, ConditionComparison Comparison, ConditionRelation Relation, bool IsNegated, bool IfExists)
{
    private const string ForAllValues = "ForAllValues:";
    private const string ForAnyValue = "ForAnyValue:";
    private const string IfExistsSuffix = "IfExists";

    private static readonly FrozenDictionary<string, (ConditionComparison Comparison, ConditionRelation Relation, bool IsNegated)> Comparisons =
        new Dictionary<string, (ConditionComparison, ConditionRelation, bool)>
        {
            ["StringEquals"] = (ConditionComparison.StringEquals, ConditionRelation.Equal, false),
            ["StringNotEquals"] = (ConditionComparison.StringEquals, ConditionRelation.Equal, true),
            ["StringEqualsIgnoreCase"] = (ConditionComparison.StringEqualsIgnoreCase, ConditionRelation.Equal, false),
            ["StringNotEqualsIgnoreCase"] = (ConditionComparison.StringEqualsIgnoreCase, ConditionRelation.Equal, true),
            ["StringLike"] = (ConditionComparison.StringLike, ConditionRelation.Equal, false),
            ["StringNotLike"] = (ConditionComparison.StringLike, ConditionRelation.Equal, true),
            ["NumericEquals"] = (ConditionComparison.Numeric, ConditionRelation.Equal, false),
            ["NumericNotEquals"] = (ConditionComparison.Numeric, ConditionRelation.Equal, true),
            ["NumericLessThan"] = (ConditionComparison.Numeric, ConditionRelation.Less, false),
            ["NumericLessThanEquals"] = (ConditionComparison.Numeric, ConditionRelation.LessOrEqual, false),
            ["NumericGreaterThan"] = (ConditionComparison.Numeric, ConditionRelation.Greater, false),
            ["NumericGreaterThanEquals"] = (ConditionComparison.Numeric, ConditionRelation.GreaterOrEqual, false),
            ["DateEquals"] = (ConditionComparison.Date, ConditionRelation.Equal, false),
            ["DateNotEquals"] = (ConditionComparison.Date, ConditionRelation.Equal, true),
            ["DateLessThan"] = (ConditionComparison.Date, ConditionRelation.Less, false),
            ["DateLessThanEquals"] = (ConditionComparison.Date, ConditionRelation.LessOrEqual, false),
            ["DateGreaterThan"] = (ConditionComparison.Date, ConditionRelation.Greater, false),
            ["DateGreaterThanEquals"] = (ConditionComparison.Date, ConditionRelation.GreaterOrEqual, false),
            ["Bool"] = (ConditionComparison.Bool, ConditionRelation.Equal, false),
            ["BinaryEquals"] = (ConditionComparison.Binary, ConditionRelation.Equal, false),
            ["IpAddress"] = (ConditionComparison.IpAddress, ConditionRelation.Equal, false),
            ["NotIpAddress"] = (ConditionComparison.IpAddress, ConditionRelation.Equal, true),
            ["ArnEquals"] = (ConditionComparison.Arn, ConditionRelation.Equal, false),
            ["ArnLike"] = (ConditionComparison.Arn, ConditionRelation.Equal, false),
            ["ArnNotEquals"] = (ConditionComparison.Arn, ConditionRelation.Equal, true),
            ["ArnNotLike"] = (ConditionComparison.Arn, ConditionRelation.Equal, true),
            ["Null"] = (ConditionComparison.Null, ConditionRelation.Equal, false),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads an operator, or answers false for one that is none of the IAM reference.</summary>
    public static bool TryParse(string text, out ConditionOperator parsed)
    {
        (ConditionQuantifier quantifier, string name) =
            text.StartsWith(ForAllValues, StringComparison.Ordinal) ? (ConditionQuantifier.All, text[ForAllValues.Length..])
            : text.StartsWith(ForAnyValue, StringComparison.Ordinal) ? (ConditionQuantifier.Any, text[ForAnyValue.Length..])
            : (ConditionQuantifier.Single, text);
        bool ifExists = name.EndsWith(IfExistsSuffix, StringComparison.Ordinal);
        bool isKnown = Comparisons.TryGetValue(ifExists ? name[..^IfExistsSuffix.Length] : name, out (ConditionComparison Comparison, ConditionRelation Relation, bool IsNegated) known);
        parsed = new ConditionOperator(quantifier, known.Comparison, known.Relation, known.IsNegated, ifExists);

        // Null itself asks whether the key is there; it takes neither IfExists nor a quantifier.
        return isKnown && (known.Comparison != ConditionComparison.Null || (!ifExists && quantifier == ConditionQuantifier.Single));
    }
}
