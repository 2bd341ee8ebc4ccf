using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>
/// What a statement of a key policy gives, when it is a workflow grant and nothing else. A grant is known by its meaning,
/// whatever its Sid and the order of its parts: the statement allows nothing but to use the key under an encryption context
/// that names a workflow. Further conditions only make it narrower.
/// </summary>
/// <param name="Principals">To whom.</param>
/// <param name="Workflows">The condition that names the patterns of the workflows.</param>
/// <param name="ViaImageBuilder">As <see cref="WorkflowGrant.ViaImageBuilder"/>.</param>
/// <param name="NoOtherContext">As <see cref="WorkflowGrant.NoOtherContext"/>.</param>
internal sealed record KeyStatementGrant(IReadOnlyList<string> Principals, PolicyCondition Workflows, bool ViaImageBuilder, bool NoOtherContext)
{
    // "Cryptographic operations" with the key itself, and patterns of them that are in use.
    private static readonly HashSet<string> Uses = new(StringComparer.OrdinalIgnoreCase)
    {
        "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKey*", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*", "kms:ReEncryptFrom", "kms:ReEncryptTo",
    };

    private static readonly PrincipalArn AnyRole = PrincipalArn.Parse("arn:aws:iam::111122223333:role/Any");

    private static readonly KeyStatementGrant[] Forms =
    [
        .. from viaImageBuilder in new[] { false, true }
           from noOtherContext in new[] { false, true }
           select FormOf(viaImageBuilder, noOtherContext),
    ];

    /// <summary>Whether the statement says what <see cref="WorkflowGrant"/> writes for Grant-IBWorkflowKeyAccess, apart from the workflows.</summary>
    public bool IsAsGranted { get; private init; }

    private PolicyStatement Statement { get; init; } = null!;

    /// <summary>The grant that a statement is; null when it is something else, or more.</summary>
    public static KeyStatementGrant? TryRead(PolicyStatement statement) =>
        Forms.Select(form => form.Fill(statement)).FirstOrDefault(static grant => grant is not null) ?? ReadOther(statement);

    /// <summary>Whether this is a grant to the role under the same conditions, apart from the workflows.</summary>
    public bool IsFor(PrincipalArn role, WorkflowGrant grant) =>
        IsAsGranted && Principals.Contains(role.Value) && ViaImageBuilder == grant.ViaImageBuilder && NoOtherContext == grant.NoOtherContext;

    private static KeyStatementGrant FormOf(bool viaImageBuilder, bool noOtherContext)
    {
        var grant = new WorkflowGrant
        {
            Workflows = [WorkflowArnPattern.AllOf(AnyRole.Partition, AnyRole.Account)],
            ViaImageBuilder = viaImageBuilder,
            NoOtherContext = noOtherContext,
        };
        var statement = new PolicyStatement(grant.ToKeyStatement("Any", [AnyRole]), 0);
        return new KeyStatementGrant([], statement.Conditions.Single(static condition => condition.Values.Contains(AnyPattern)), viaImageBuilder, noOtherContext)
        {
            IsAsGranted = true,
            Statement = statement,
        };
    }

    private static string AnyPattern => WorkflowArnPattern.AllOf(AnyRole.Partition, AnyRole.Account).Value;

    // This form with the principals and workflows of a statement, if they are all in which that differs.
    private KeyStatementGrant? Fill(PolicyStatement statement)
    {
        PolicyCondition[] workflows = [.. statement.Conditions.Where(IsForWorkflows)];
        return workflows is [{ Values.Count: > 0 }]
            && statement.Effect == PolicyEffect.Allow
            && statement.UnknownElements.Count == 0
            && statement.Principal is { IsNegated: false, ByType: { Count: 1 } principals } && principals.ContainsKey("AWS")
            && PolicyComparison.AreSame(statement.Action, Statement.Action, StringComparer.OrdinalIgnoreCase)
            && PolicyComparison.AreSame(statement.Resource, Statement.Resource, StringComparer.Ordinal)
            && PolicyComparison.AreSame(statement.Conditions.Where(one => !IsForWorkflows(one)), Statement.Conditions.Where(one => !IsForWorkflows(one)))
            ? this with { Principals = statement.Principal.Aws, Workflows = workflows[0] }
            : null;
    }

    private static KeyStatementGrant? ReadOther(PolicyStatement statement) =>
        statement.Effect == PolicyEffect.Allow
        && statement.UnknownElements.Count == 0
        && statement.Principal is { IsNegated: false, ByType: { Count: 1 } principals } && principals.ContainsKey("AWS")
        && statement.Action is { IsNegated: false, Values.Count: > 0 } action && action.Values.All(Uses.Contains)
        && statement.Resource is { IsNegated: false }
        && statement.Conditions.FirstOrDefault(static condition => RequiresOneOf(condition, ConditionKeys.WorkflowArn)) is { } workflows
            ? new KeyStatementGrant(
                statement.Principal.Aws,
                workflows,
                statement.Conditions.Any(static condition => RequiresOneOf(condition, ConditionKeys.ViaService) && condition.Values.All(ViaService.IsImageBuilder)),
                NoOtherContext: false)
            : null;

    // A request without the key does not fulfil such a condition.
    private static bool RequiresOneOf(PolicyCondition condition, string key) =>
        condition.Key.Equals(key, StringComparison.OrdinalIgnoreCase)
        && condition.Values.Count > 0
        && ConditionOperator.TryParse(condition.Operator, out ConditionOperator parsed)
        && parsed is
        {
            IsNegated: false,
            IfExists: false,
            Quantifier: not ConditionQuantifier.All,
            Comparison: ConditionComparison.StringEquals or ConditionComparison.StringEqualsIgnoreCase or ConditionComparison.StringLike or ConditionComparison.Arn,
        };

    private bool IsForWorkflows(PolicyCondition condition) =>
        condition.Operator == Workflows.Operator && condition.Key.Equals(Workflows.Key, StringComparison.OrdinalIgnoreCase);
}
