namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// Tells what of a policy the evaluator cannot evaluate, or what AWS would refuse: so that such a policy is refused when it
/// is put, rather than understood wrongly when it is used.
/// </summary>
internal static class PolicySupport
{
    /// <summary>The first thing that cannot be evaluated, as a sentence without its end; null when there is none.</summary>
    public static string? FindUnsupported(PolicyDocument policy, PolicyKind kind) => policy.FindProblem() ?? policy.Matchers(kind)
        .Select(static matcher => matcher.OwnProblem is { } problem ? $"{matcher.Statement}: {problem}" : null)
        .FirstOrDefault(static problem => problem is not null);
}
