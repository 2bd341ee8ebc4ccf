namespace ImageBuilderDataProtection.Policies;

/// <summary>A condition of a statement, ready to be held against requests.</summary>
internal sealed class ConditionMatcher
{
    private readonly PolicyCondition _condition;
    private readonly ConditionOperator _operator;
    private readonly ConditionValue[] _values;
    private readonly bool _isMultivalued;

    public ConditionMatcher(PolicyCondition condition, bool hasVariables)
    {
        _condition = condition;
        _isMultivalued = ConditionKeys.IsMultivalued(condition.Key);
        if (!ConditionOperator.TryParse(condition.Operator, out _operator))
        {
            Problem = $"the condition operator {condition.Operator} is none of the IAM reference";
            _values = [];
            return;
        }

        _values = new ConditionValue[_operator.Comparison == ConditionComparison.Null ? 0 : condition.Values.Count];
        for (int i = 0; i < condition.Values.Count && Problem is null; i++)
        {
            ConditionValue? value = Compile(condition.Values[i], hasVariables, out string? problem);
            Problem = problem is null ? null : $"the condition {condition.Operator} {condition.Key} is not supported: {problem}";
            if (value is not null)
            {
                _values[i] = value;
            }
        }
    }

    /// <summary>What keeps the condition from being evaluated for any request; null when nothing does.</summary>
    public string? Problem { get; }

    /// <summary>Whether the condition holds for a request.</summary>
    public MatchOutcome Evaluate(RequestConditions request)
    {
        if (Problem is not null)
        {
            return MatchOutcome.Unknown;
        }

        IReadOnlyList<string> found = request.Values(_condition.Key);
        if (_operator.Comparison == ConditionComparison.Null)
        {
            string wanted = found.Count == 0 ? "true" : "false";
            return _condition.Values.Contains(wanted, StringComparer.OrdinalIgnoreCase).ToOutcome();
        }

        if (found.Count == 0)
        {
            return (_operator.IfExists || _operator.Quantifier == ConditionQuantifier.All || (_operator.Quantifier == ConditionQuantifier.Single && _operator.IsNegated)).ToOutcome();
        }

        switch (_operator.Quantifier)
        {
            case ConditionQuantifier.Single:
                return IsAmbiguous(found) ? MatchOutcome.Unknown : Test(found[0], request);
            case ConditionQuantifier.All:
                MatchOutcome all = MatchOutcome.Yes;
                for (int i = 0; i < found.Count && all != MatchOutcome.No; i++)
                {
                    all = (MatchOutcome)Math.Min((int)all, (int)Test(found[i], request));
                }

                return all;
            default:
                MatchOutcome any = MatchOutcome.No;
                for (int i = 0; i < found.Count && any != MatchOutcome.Yes; i++)
                {
                    any = (MatchOutcome)Math.Max((int)any, (int)Test(found[i], request));
                }

                return any;
        }
    }

    /// <summary>Why the condition does not hold, as a sentence without its end.</summary>
    public string DescribeMiss(RequestConditions request)
    {
        string subject = $"Condition {_condition.Key}: ";
        string wanted = string.Join(" or ", _condition.Values.Select(static value => $"\"{value}\""));
        IReadOnlyList<string> found = request.Values(_condition.Key);
        if (Problem is not null)
        {
            return subject + Problem;
        }

        if (_operator.Comparison == ConditionComparison.Null)
        {
            return subject + (found.Count == 0 ? "the request does not have it" : $"the request has it, as \"{found[0]}\"") + $", and Null asks for {wanted}";
        }

        if (found.Count == 0)
        {
            return subject + $"the request does not have it; {_condition.Operator} asks for {wanted}";
        }

        if (_operator.Quantifier == ConditionQuantifier.Single && IsAmbiguous(found))
        {
            return subject + $"it can have several values, and {_condition.Operator} is for one; write ForAllValues or ForAnyValue";
        }

        if (_values.Any(value => !value.Resolves(request)))
        {
            return subject + $"a policy variable in {wanted} has no value in the request";
        }

        // Of several values the first that fails is told; where none satisfies ForAnyValue, they all are.
        string[] failing = [.. found.Where(value => Test(value, request) != MatchOutcome.Yes)];
        string told = _operator.Quantifier == ConditionQuantifier.Any ? string.Join(", ", failing.Select(static value => $"\"{value}\"")) : $"\"{failing[0]}\"";
        if (Test(failing[0], request) == MatchOutcome.Unknown)
        {
            return subject + $"{told} cannot be compared by {_condition.Operator} with {wanted}";
        }

        if (_operator.IsNegated)
        {
            return subject + $"{told} matches what {_condition.Operator} excludes, {wanted}";
        }

        return subject + (_operator.Relation == ConditionRelation.Equal ? $"{told} does not match {wanted}" : $"{told} does not satisfy {_condition.Operator} {wanted}")
            + (failing.Length == 1 || _operator.Quantifier == ConditionQuantifier.All ? DescribeDifference(failing[0], request) : "");
    }

    private string DescribeDifference(string value, RequestConditions request)
    {
        (int Position, bool IsCaseOnly)[] differences =
        [
            .. _values.Select(wanted => wanted.Pattern(request)).OfType<string>()
                .Select(pattern => WildcardPattern.FindDifference(pattern, value))
                .OrderByDescending(static difference => difference.IsCaseOnly).ThenByDescending(static difference => difference.Position),
        ];
        return differences switch
        {
            [(int position, true), ..] => $" (differs in case at position {position})",
            [(int position, false)] when position <= value.Length => $" (differs at position {position})",
            [(_, false)] => " (it ends too early)",
            _ => "",
        };
    }

    // The request's values of a single-valued key are one: two keys of an encryption context that differ only in case are the
    // exception, and which of them is meant cannot be told.
    private bool IsAmbiguous(IReadOnlyList<string> found) => found.Count > 1 || _isMultivalued;

    private MatchOutcome Test(string value, RequestConditions request)
    {
        MatchOutcome any = MatchOutcome.No;
        bool resolves = true;
        foreach (ConditionValue wanted in _values)
        {
            MatchOutcome one = wanted.Test(value, request);
            if (one == MatchOutcome.Yes)
            {
                return _operator.IsNegated ? MatchOutcome.No : MatchOutcome.Yes;
            }

            resolves = resolves && (!_operator.IsNegated || wanted.Resolves(request));
            any = (MatchOutcome)Math.Max((int)any, (int)one);
        }

        // A variable without a value matches nothing, but that it therefore differs from everything is not said.
        return !_operator.IsNegated ? any : resolves ? any.Not() : MatchOutcome.Unknown;
    }

    private ConditionValue? Compile(string value, bool hasVariables, out string? problem)
    {
        problem = null;
        switch (_operator.Comparison)
        {
            case ConditionComparison.StringEquals or ConditionComparison.StringEqualsIgnoreCase:
                return new TextConditionValue(PolicyText.Parse(value, hasVariables, hasWildcards: false, out problem), _operator.Comparison == ConditionComparison.StringEqualsIgnoreCase);
            case ConditionComparison.StringLike:
                return new TextConditionValue(PolicyText.Parse(value, hasVariables, hasWildcards: true, out problem), ignoreCase: false);
            case ConditionComparison.Arn:
                PolicyText text = PolicyText.Parse(value, hasVariables, hasWildcards: true, out problem);
                if (ArnPattern.From(text) is { } pattern)
                {
                    return new ArnConditionValue(text, pattern);
                }

                problem ??= $"\"{value}\" has not the six parts of an ARN";
                return null;
            case ConditionComparison.Bool:
                PolicyText truth = PolicyText.Parse(value, hasVariables, hasWildcards: false, out problem);
                problem ??= truth.HasVariables || BoolConditionValue.IsBool(truth.Pattern) ? null : $"\"{value}\" is neither true nor false";
                return new BoolConditionValue(truth);
            case ConditionComparison.Null:
                problem = BoolConditionValue.IsBool(value) ? null : $"\"{value}\" is neither true nor false";
                return null;
            case ConditionComparison.Numeric when ConditionLiterals.Number(value) is { } number:
                return new OrderedConditionValue<decimal>(number, _operator.Relation, ConditionLiterals.Number);
            case ConditionComparison.Date when ConditionLiterals.Date(value) is { } date:
                return new OrderedConditionValue<DateTimeOffset>(date, _operator.Relation, ConditionLiterals.Date);
            case ConditionComparison.Binary when ConditionLiterals.Binary(value) is { } bytes:
                return new BinaryConditionValue(bytes);
            case ConditionComparison.IpAddress when IpRange.TryParse(value, out IpRange range):
                return new IpConditionValue(range);
            default:
                problem = $"\"{value}\" is not what {_condition.Operator} compares with";
                return null;
        }
    }
}
