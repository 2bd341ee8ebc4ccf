namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A statement lacks Action or Resource: "the policy statement has no effect" (Policy of PutKeyPolicy,
/// https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html).
/// </summary>
internal sealed class ElementMissing : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "KMS takes such a statement without an error, and it has no effect.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        from element in new (string Name, PolicyPatterns? Patterns, string Usual)[]
        {
            ("Action", statement.Statement.Action, "\"kms:Decrypt\" or a list of actions"),
            ("Resource", statement.Statement.Resource, statement.Policy.IsKeyPolicy ? "\"*\", which in a key policy is this key" : "the ARN of the key"),
        }
        where element.Patterns is null or { Values.Count: 0 }
        select InStatement(
            statement,
            element.Patterns is null ? statement.Statement.Path : statement.Statement.PathOf(element.Name),
            element.Patterns is null ? $"The statement has no {element.Name}." : $"The list of {element.Name} is empty.",
            $"Add {element.Name}: {element.Usual}.");
}
