using ImageBuilderDataProtection.Policies.Lint.Rules;

namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>Looks for what is wrong with a key policy for workflows, and the policies of a role beside it, before they are put.</summary>
public static class PolicyLinter
{
    /// <summary>The rules, in the order in which findings of the same severity and place are told.</summary>
    internal static IReadOnlyList<LintRule> Rules { get; } =
    [
        new NotUnderstood(),
        new ElementMissing(),
        new ResourceMatchesNoKey(),
        new PrincipalNotThere(),
        new Lockout(),
        new EveryoneMayUseKey(),
        new WeakConditionOnEveryone(),
        new NotPrincipalWithAllow(),
        new EverythingForKeyUser(),
        new CreateGrantWithoutLimit(),
        new WorkflowsDenied(),
        new DecryptWithoutContext(),
        new ActionWithoutContext(),
        new ContextMatchesNoWorkflow(),
        new ContextOfAnotherAccount(),
        new ContextKeysIncomplete(),
        new ContextKeyCase(),
        new EqualsWithWildcard(),
        new ViaServiceMatchesNone(),
        new UnknownAction(),
        new ActionNotOnKey(),
        new ActionCase(),
        new UnknownConditionKey(),
        new DeprecatedConditionKey(),
        new WrongPartition(),
        new WrongAccount(),
        new GrantedInOneStepOnly(),
        new DuplicateSid(),
        new SidCharacters(),
        new PolicyTooLarge(),
        new InvalidCharacters(),
        new OldVersion(),
    ];

    /// <summary>The findings, the worst first; none when nothing is wrong.</summary>
    public static IReadOnlyList<PolicyFinding> Check(LintSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var context = new LintContext(subject);
        string? source = subject.File ?? subject.Key?.Value;
        return [.. Rules.SelectMany(rule => rule.Find(context)).Select(finding => finding with { Source = source }).OrderByDescending(static finding => finding.Severity)];
    }
}
