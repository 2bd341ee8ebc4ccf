using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>
/// The encryption contexts by which it is found out whether a role can still use a key for workflows: those of the workflows
/// that are known, and of samples such that each statement that names workflows is met, with a public key and without.
/// </summary>
internal static class AskedWorkflows
{
    /// <summary>The contexts.</summary>
    /// <param name="uses">The workflows that are known.</param>
    /// <param name="asked">The patterns that are asked about; null for all workflows.</param>
    /// <param name="usual">The pattern of which a sample is taken when all are asked about.</param>
    /// <param name="policy">The key policy.</param>
    public static IEnumerable<EncryptionContext> Contexts(IEnumerable<WorkflowUse> uses, IReadOnlyList<WorkflowArnPattern>? asked, WorkflowArnPattern usual, KeyPolicy policy) =>
    [
        .. uses.Select(static use => use.Context).Where(context => IsAsked(context, asked)),
        .. Samples(asked, usual, policy).Distinct().SelectMany(static context => new[] { context, context.With(EncryptionContext.PublicKeyKey, AccessQuestion.SomePublicKey) }),
    ];

    private static bool IsAsked(EncryptionContext context, IReadOnlyList<WorkflowArnPattern>? asked) =>
        asked is null
        || (context.TryGetValue(EncryptionContext.WorkflowArnKey, out string? arn) && Workflows.WorkflowArn.TryParse(arn, out Workflows.WorkflowArn? workflow) && asked.Any(pattern => pattern.IsMatch(workflow)));

    private static IEnumerable<EncryptionContext> Samples(IReadOnlyList<WorkflowArnPattern>? asked, WorkflowArnPattern usual, KeyPolicy policy)
    {
        foreach (WorkflowArnPattern pattern in asked ?? [usual])
        {
            yield return Context(WorkflowArnPattern.FindSample(TextShape.Of(WildcardPattern.From(pattern.Value)))!, []);
        }

        foreach (PolicyStatement statement in policy.Statements.Where(static statement => statement.Effect == PolicyEffect.Allow))
        {
            foreach (TextShape shape in statement.Conditions.Where(static condition => Is(condition, ConditionKeys.WorkflowArn)).SelectMany(Shapes))
            {
                foreach (WorkflowArnPattern? pattern in asked ?? [null!])
                {
                    if (WorkflowArnPattern.FindSample(shape, pattern) is { } sample)
                    {
                        yield return Context(sample, statement.Conditions);
                    }
                }
            }
        }
    }

    private static IEnumerable<TextShape> Shapes(PolicyCondition condition) => condition.Values.Select(
        value => condition.Operator.Contains("StringEquals", StringComparison.Ordinal) ? TextShape.Empty.Then(value) : TextShape.Of(WildcardPattern.From(value)));

    // With the other pairs that the statement asks for; a pattern is a text that it matches itself.
    private static EncryptionContext Context(string workflow, IEnumerable<PolicyCondition> conditions) => conditions
        .Where(static condition => condition.Values.Count > 0
            && condition.Key.StartsWith(ConditionKeys.EncryptionContextPrefix, StringComparison.OrdinalIgnoreCase)
            && !Is(condition, ConditionKeys.WorkflowArn)
            && !condition.Key.Contains("aws-crypto-", StringComparison.OrdinalIgnoreCase))
        .Aggregate(
            EncryptionContext.Empty.With(EncryptionContext.WorkflowArnKey, workflow),
            static (context, condition) => context.With(condition.Key[ConditionKeys.EncryptionContextPrefix.Length..], condition.Values[0]));

    private static bool Is(PolicyCondition condition, string key) => condition.Key.Equals(key, StringComparison.OrdinalIgnoreCase);
}
