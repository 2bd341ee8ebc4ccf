using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;

namespace ImageBuilderDataProtection.Kms;

/// <summary>What a role can still do with a key for the workflows that a revoke asks about.</summary>
/// <param name="Warnings">The statements of the key policy by which it can, a sentence for each kind.</param>
/// <param name="Failure"><c>AccessRemains</c>: the key policy itself still lets the role open some; null when it does not.</param>
internal sealed record RemainingAccess(IReadOnlyList<string> Warnings, DataProtectionException? Failure)
{
    // What opens workflows, and what lets one give oneself that.
    private static readonly string[] WaysIn = [.. KmsActions.Opening, KmsActions.CreateGrant, KmsActions.PutKeyPolicy];

    /// <summary>What remains under the policy that takes the place of the present one.</summary>
    public static RemainingAccess Find(RevokeRequest request, KeyArn key, PrincipalArn role, KeyPolicy after)
    {
        var outlook = new RoleOutlook(after, key, role, request.RolePolicies);
        var decisions = (
            from context in AskedWorkflows.Contexts(
                request.Uses.Where(use => use.KeyArns.Contains(key.Value)), request.Workflows, WorkflowArnPattern.AllOf(role.Partition, role.Account), after)
            from action in WorkflowGrant.Actions
            from decision in outlook.DecideEach(action, context)
            where decision.Access != RoleAccess.Denied
            select (Action: action, decision.Access, decision.Statements)).ToArray();
        var warnings =
            from decision in decisions
            group decision.Statements by decision.Access into same
            orderby same.Key descending
            select same.Key == RoleAccess.LeftToRolePolicies
                ? $"The role {role} may still use the key {key} for such workflows, by {Names(same)} of the key policy, if the role's own policies let it; they were not given (-RolePolicy)."
                : $"The role {role} can still use the key {key} for such workflows, by {Names(same)} of the key policy.";
        PolicyStatement[][] named =
        [
            .. from decision in decisions
               where decision.Action == KmsActions.Decrypt
               let ofRole = decision.Statements.Where(outlook.IsNamed).ToArray()
               where ofRole.Length > 0
               select ofRole,
        ];
        HashSet<int> told = [.. decisions.SelectMany(static decision => decision.Statements).Select(static statement => statement.Index)];
        PolicyStatement[] others = [.. after.Statements.Where(statement => !told.Contains(statement.Index) && outlook.IsNamed(statement) && IsWayIn(statement, request))];
        if (others.Length > 0)
        {
            warnings = warnings.Append(
                $"{Names([others])} of the key policy names the role {role}, too; whether it lets the role open workflows depends on conditions that are not known here, or takes a further step such as a grant. Look at it.");
        }

        return new RemainingAccess([.. warnings], named.Length == 0 || request.ViaImageBuilder ? null : Remains(key, role, Names(named)));
    }

    // Where only some workflows were asked about, the grants for others are to stay.
    private static bool IsWayIn(PolicyStatement statement, RevokeRequest request) =>
        statement is { Effect: PolicyEffect.Allow, Action: { } action }
        && WaysIn.Any(way => new ActionMatcher(action).Evaluate(way) == MatchOutcome.Yes)
        && (request.Workflows is null || !statement.Conditions.Any(static condition =>
            condition.Key.Equals(ConditionKeys.WorkflowArn, StringComparison.OrdinalIgnoreCase)));

    private static string Names(IEnumerable<IEnumerable<PolicyStatement>> statements) =>
        string.Join(", ", statements.SelectMany(static some => some).DistinctBy(static statement => statement.Index).OrderBy(static statement => statement.Index));

    private static DataProtectionException Remains(KeyArn key, PrincipalArn role, string statements) => new(
        "AccessRemains",
        FailureKind.InvalidState,
        $"The role {role} can still open workflows with the key {key}, since {statements} of the key policy names it or everyone and is no grant that was to be revoked; change that by hand.");
}
