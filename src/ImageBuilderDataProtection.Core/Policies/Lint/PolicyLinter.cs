namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>Looks for what is wrong with a key policy for workflows, before it is put.</summary>
public static class PolicyLinter
{
    /// <summary>The findings, the worst first.</summary>
    public static IReadOnlyList<PolicyFinding> Check(LintSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return [];
    }
}
