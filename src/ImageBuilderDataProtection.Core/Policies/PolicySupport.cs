namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// Tells what of a policy the evaluator cannot evaluate yet, or what AWS would refuse: so that such a policy is refused when
/// it is put, rather than understood wrongly when it is used.
/// </summary>
internal static class PolicySupport
{
    private static readonly HashSet<string> PrincipalTypes = ["AWS", "Service", "Federated", "CanonicalUser"];

    /// <summary>The first thing that cannot be evaluated, as a sentence without its end; null when there is none.</summary>
    public static string? FindUnsupported(PolicyDocument policy, PolicyKind kind)
    {
        if (policy.Version is not (null or PolicyDocument.CurrentVersion or "2008-10-17"))
        {
            return $"Version \"{policy.Version}\" is none of the policy language";
        }

        if (policy.UnknownElements.Count > 0)
        {
            return $"the element {policy.UnknownElements[0]} is unknown";
        }

        return policy.Statements
            .Select(statement => FindUnsupported(policy, kind, statement) is { } problem ? $"{statement}: {problem}" : null)
            .FirstOrDefault(static problem => problem is not null);
    }

    public static bool IsSupported(PolicyDocument policy, PolicyKind kind, PolicyStatement statement) =>
        FindUnsupported(policy, kind, statement) is null;

    public static bool IsSupported(PolicyCondition condition, bool hasVariables) =>
        ConditionOperator.TryParse(condition.Operator, out ConditionOperator parsed)
        && !(hasVariables && condition.Values.Any(HasVariable))
        && !(parsed.Comparison == ConditionComparison.Arn && !condition.Values.All(ArnPattern.IsArn));

    public static bool HasVariable(string text) => text.Contains("${", StringComparison.Ordinal);

    public static bool IsPrincipal(string value) =>
        value == "*" || (value.Length == 12 && value.All(char.IsAsciiDigit)) || PrincipalArn.TryParse(value, out _);

    private static string? FindUnsupported(PolicyDocument policy, PolicyKind kind, PolicyStatement statement)
    {
        if (statement.UnknownElements.Count > 0)
        {
            return $"the element {statement.UnknownElements[0]} is unknown";
        }

        if (statement.Action?.Values.Count == 0 || statement.Resource?.Values.Count == 0)
        {
            return "a list of actions or resources is empty";
        }

        if ((statement.Principal is null) != (kind == PolicyKind.IdentityPolicy))
        {
            return kind == PolicyKind.KeyPolicy ? "a statement of a key policy needs a Principal" : "an identity policy has no Principal";
        }

        foreach ((string type, IReadOnlyList<string> values) in statement.Principal?.ByType ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            if (!PrincipalTypes.Contains(type))
            {
                return $"the type of principal {type} is unknown";
            }

            if (type == "AWS" && values.FirstOrDefault(static value => !IsPrincipal(value)) is { } invalid)
            {
                return $"the principal \"{invalid}\" is none that is supported: *, an account, or the ARN of an account root, role, user or role session";
            }
        }

        if (policy.HasVariables && (statement.Resource?.Values.FirstOrDefault(HasVariable)) is { } resource)
        {
            return $"the policy variable in \"{resource}\" is not supported";
        }

        return statement.Conditions.FirstOrDefault(condition => !IsSupported(condition, policy.HasVariables)) is { } unsupported
            ? $"the condition {unsupported.Operator} {unsupported.Key} is not supported"
            : null;
    }
}
