using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A Deny takes back what an Allow gives an execution role ("Policy evaluation logic" in the IAM User Guide: an explicit deny
/// overrides any allow). Where it depends on what only the request can tell, it is a Warning.
/// </summary>
internal sealed class WorkflowsDenied : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "An explicit deny wins over every Allow, so the role is refused.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.IsAllow && statement.RequiresWorkflow
        from principal in statement.PrincipalArns
        let workflow = SampleOf(statement, principal)
        where workflow is not null
        from action in WorkflowGrant.Actions.Where(statement.Covers)
        from deny in Denies(context, principal, action, workflow)
        group (principal, action) by deny into denied
        let unknown = denied.Key.Conditions.Select(static condition => condition.Key).FirstOrDefault(static key => !IsKnown(key))
        select InStatement(
            denied.Key,
            denied.Key.Statement.Path,
            $"The statement denies {denied.First().principal} {string.Join(" and ", denied.Select(static one => one.action).Distinct())} for workflows that another statement allows{(unknown is null ? "" : $", where the request has not the {unknown} that it asks for")}.",
            "Leave the role out of the Deny, or narrow the Deny to what it is meant for.")
            with
            { Severity = unknown is null ? FindingSeverity.Error : FindingSeverity.Warning };

    private static IEnumerable<LintedStatement> Denies(LintContext context, PrincipalArn principal, string action, WorkflowArn workflow)
    {
        RequestPrincipal caller = RequestPrincipal.Of(principal);
        EncryptionContext encryptionContext = EncryptionContext.Empty.With(EncryptionContext.WorkflowArnKey, workflow.Value).With(EncryptionContext.PublicKeyKey, AccessQuestion.SomePublicKey);
        string key = context.Key?.Value ?? KeyResources.Any(caller);

        // Image Builder calls for the role; a Deny that spares its calls is none of these.
        var request = new StatementRequest(caller, action, key, RequestConditions.For(caller, encryptionContext, ViaService.Of(ViaService.ImageBuilder, workflow.Region)));
        return context.KeyPolicy.Statements.Where(statement => !statement.IsAllow && statement.Matcher.OwnProblem is null && statement.Matcher.Evaluate(request) != PrincipalMatch.None);
    }

    private static WorkflowArn? SampleOf(LintedStatement statement, PrincipalArn principal) => statement.Conditions
        .Where(static condition => condition.IsWorkflow && condition.Restricts)
        .SelectMany(static condition => condition.Values)
        .Select(value => WorkflowArn.TryParse(value, out WorkflowArn? exact) ? exact
            : WorkflowArnPattern.TryParse(value, out WorkflowArnPattern? pattern) ? pattern.Sample(principal.Account)
            : null)
        .FirstOrDefault(static arn => arn is not null);

    private static bool IsKnown(string key) =>
        key.StartsWith(ConditionKeys.EncryptionContextPrefix, StringComparison.OrdinalIgnoreCase)
        || new[] { ConditionKeys.EncryptionContextKeys, ConditionKeys.ViaService, ConditionKeys.PrincipalArn, ConditionKeys.PrincipalAccount, ConditionKeys.CallerAccount }
            .Contains(key, StringComparer.OrdinalIgnoreCase);
}
