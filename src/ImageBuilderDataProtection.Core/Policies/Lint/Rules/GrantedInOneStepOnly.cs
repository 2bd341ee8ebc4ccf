using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A role has only one of the AWS page's two steps where it needs both: its own policy, where the key policy leaves it to the
/// account or the role is of another account; and the key policy in any case ("Troubleshooting AWS KMS permissions" and
/// "Allowing users in other accounts to use a KMS key" in the AWS KMS Developer Guide).
/// </summary>
internal sealed class GrantedInOneStepOnly : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "Image Builder, acting as the role, is refused: AccessDeniedException.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        context.RolePolicies.Count == 0 ? WithoutRolePolicies(context)
        : context.Role is { } role ? WithRolePolicies(context, role)
        : [];

    private enum Step
    {
        Fine,
        MissingInKeyPolicy,
        MissingInRolePolicy,
        ForAnotherKey,
    }

    private IEnumerable<PolicyFinding> WithRolePolicies(LintContext context, PrincipalArn role) =>
        from action in WorkflowGrant.Actions
        group action by StepOf(context, role, action) into actions
        where actions.Key != Step.Fine
        let names = string.Join(" and ", actions)
        select actions.Key switch
        {
            Step.MissingInKeyPolicy => InPolicy(
                context.KeyPolicy,
                "Statement",
                $"The role policy allows {names}, and the key policy allows it neither to {role} nor to its account.",
                "Grant the role access in the key policy (Grant-IBWorkflowKeyAccess)."),
            Step.MissingInRolePolicy => InPolicy(
                context.RolePolicies[0],
                "Statement",
                $"The key policy leaves {names} of {role} to the role's own policy, and that does not allow it.",
                "Add the statement of New-IBWorkflowRolePolicy to the role's policy."),
            _ => InPolicy(
                context.RolePolicies[0],
                "Statement",
                $"The role policy allows {names} with other keys than {context.Key}.",
                "Name this key as Resource, if it is meant.")
                with
            { Severity = FindingSeverity.Warning, Why = "The key policy alone lets the role use this key." },
        };

    private static Step StepOf(LintContext context, PrincipalArn role, string action)
    {
        PrincipalMatch named = HowNamed(context, role, action);
        bool isSameAccount = context.Key is null || (context.Key.Account == role.Account && context.Key.Partition == role.Partition);
        if (IsAllowedByRole(context, action, context.Key))
        {
            return named == PrincipalMatch.None ? Step.MissingInKeyPolicy : Step.Fine;
        }

        return named == PrincipalMatch.Account || (named == PrincipalMatch.Direct && !isSameAccount) ? Step.MissingInRolePolicy
            : named == PrincipalMatch.Direct && IsAllowedByRole(context, action, key: null) ? Step.ForAnotherKey
            : Step.Fine;
    }

    private static bool IsAllowedByRole(LintContext context, string action, KeyArn? key) =>
        context.RolePolicies.Any(policy => policy.Statements.Any(statement => Allows(statement, action, key)));

    private IEnumerable<PolicyFinding> WithoutRolePolicies(LintContext context) =>
        from role in context.Key is null ? [] : context.ExecutionRoles()
        where role.Account != context.Key!.Account
        select InPolicy(
            context.KeyPolicy,
            "Statement",
            $"{role} is of another account than the key, so its own policy must allow the key, too; it was not given here.",
            "Give -RolePolicy to have it checked; New-IBWorkflowRolePolicy writes it.")
            with
            { Severity = FindingSeverity.Information };

    private static PrincipalMatch HowNamed(LintContext context, PrincipalArn role, string action) => context.KeyPolicy.Statements
        .Where(statement => Allows(statement, action, context.Key) && statement.Statement.Principal is not null)
        .Select(statement => new PrincipalMatcher(statement.Statement.Principal!).Evaluate(RequestPrincipal.Of(role), PolicyEffect.Allow))
        .DefaultIfEmpty(PrincipalMatch.None)
        .Max();

    // A statement of a role policy about another key says nothing of this one.
    private static bool Allows(LintedStatement statement, string action, KeyArn? key) =>
        statement.IsAllow && statement.Covers(action) && KeyResources.Concerns(statement, key)
        && (key is null || statement.Policy.IsKeyPolicy || statement.Statement.Resource!.IsNegated != statement.Statement.Resource.Values.Any(value => value.Contains("${", StringComparison.Ordinal) || WildcardPattern.IsMatch(WildcardPattern.From(value), key.Value)));
}
