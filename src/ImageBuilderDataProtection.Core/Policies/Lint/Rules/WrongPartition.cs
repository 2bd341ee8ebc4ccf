namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// An ARN of another partition than the key's ("IAM identifiers" in the IAM User Guide: a partition is a group of regions,
/// and each account is scoped to one).
/// </summary>
internal sealed class WrongPartition : LintRule
{
    private const string Prefix = "arn:";

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "Nothing reaches from one partition into another, so this matches nothing.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) => context.Partition is not { } partition
        ? []
        : from statement in context.Statements
          from arn in Arns(statement)
          let found = PartitionOf(arn.Text)
          where found is not null && !WildcardPattern.IsMatch(WildcardPattern.From(found), partition)
          select InStatement(statement, arn.Path, $"\"{arn.Text}\" is of the partition {found}, and the key is of {partition}.", $"Write {Prefix}{partition}:… here.");

    private static IEnumerable<(string Text, string Path)> Arns(LintedStatement linted)
    {
        PolicyStatement statement = linted.Statement;
        IReadOnlyList<string> principals = statement.Principal?.Aws ?? [];
        IReadOnlyList<string> resources = statement.Resource?.Values ?? [];
        return principals.Select((text, index) => (text, statement.PathOf("Principal", "AWS", index)))
            .Concat(resources.Select((text, index) => (text, statement.PathOf("Resource", index: index))))
            .Concat(statement.Conditions.SelectMany(condition => condition.Values.Select((text, index) => (text, statement.PathOf(condition, index)))));
    }

    private static string? PartitionOf(string text) =>
        text.StartsWith(Prefix + "aws", StringComparison.Ordinal) && text.IndexOf(':', Prefix.Length) is var end and > 0 ? text[Prefix.Length..end] : null;
}
