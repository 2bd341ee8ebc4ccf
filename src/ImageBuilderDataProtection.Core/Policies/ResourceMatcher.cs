namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// The Resource or NotResource of a statement, ready to be held against requests ("IAM JSON policy elements: Resource" in
/// the IAM User Guide, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html). Case
/// counts. A wildcard at the end of a part of an ARN reaches over its colon, as that page says.
/// </summary>
internal sealed class ResourceMatcher
{
    private const string ArnPrefix = "arn:";

    private readonly PolicyText[] _patterns;
    private readonly bool _isNegated;

    public ResourceMatcher(PolicyPatterns resources, PolicyKind kind, bool hasVariables)
    {
        _isNegated = resources.IsNegated;
        _patterns = new PolicyText[resources.Values.Count];
        for (int i = 0; i < _patterns.Length; i++)
        {
            string resource = kind == PolicyKind.IdentityPolicy ? Complete(resources.Values[i]) : resources.Values[i];
            _patterns[i] = PolicyText.Parse(resource, hasVariables, hasWildcards: true, out string? problem);

            // The page on variables has them "only in the resource portion of the ARN", after the fifth colon.
            if (_patterns[i].HasVariables && (_patterns[i].Split(ArnPattern.Parts) is not { } parts || parts[..^1].Any(static part => part.HasVariables)))
            {
                problem ??= $"the policy variable in \"{resource}\" does not stand after the fifth colon of an ARN";
            }

            Problem ??= problem ?? (resource == "*" || resource.StartsWith(ArnPrefix, StringComparison.Ordinal) ? null : $"the resource \"{resource}\" is neither * nor an ARN");
        }
    }

    /// <summary>What keeps the element from being understood; null when nothing does.</summary>
    public string? Problem { get; }

    /// <summary>Whether the element names a resource.</summary>
    public MatchOutcome Evaluate(string resource, RequestConditions request)
    {
        if (Problem is not null)
        {
            return MatchOutcome.Unknown;
        }

        bool resolves = true;
        foreach (PolicyText pattern in _patterns)
        {
            if (pattern.IsMatch(resource, request))
            {
                return (!_isNegated).ToOutcome();
            }

            resolves = resolves && (!_isNegated || pattern.Resolves(request));
        }

        return !_isNegated ? MatchOutcome.No : resolves ? MatchOutcome.Yes : MatchOutcome.Unknown;
    }

    // In an identity policy the parts that an ARN lacks are *: the page on Resource.
    private static string Complete(string resource)
    {
        int missing = ArnPattern.Parts - 1 - resource.AsSpan().Count(':');
        return resource.StartsWith(ArnPrefix, StringComparison.Ordinal) && missing > 0 && !resource.Contains("${", StringComparison.Ordinal)
            ? resource + string.Concat(Enumerable.Repeat(":*", missing))
            : resource;
    }
}
