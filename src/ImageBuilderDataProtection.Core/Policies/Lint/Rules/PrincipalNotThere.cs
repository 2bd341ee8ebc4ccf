namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A principal that is none any more, or never was: the unique id that stands for a deleted role or user ("IAM identifiers" in
/// the IAM User Guide), a service that has not the form of one, or an empty list.
/// </summary>
internal sealed class PrincipalNotThere : LintRule
{
    private static readonly string[] UniqueIds = ["AROA", "AIDA"];

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "KMS refuses a key policy with principals that it cannot find (MalformedPolicyDocumentException).";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        from type in statement.Statement.Principal?.ByType ?? new Dictionary<string, IReadOnlyList<string>>()
        from value in type.Value.Select(static (text, index) => (Text: (string?)text, Index: (int?)index)).DefaultIfEmpty((null, null))
        let problem = Problem(type.Key, value.Text)
        where problem is not null
        select InStatement(statement, statement.Statement.PathOf("Principal", type.Key, value.Index), problem, "Write the ARN of a role that is there, or the service's principal, or take it out.");

    private static string? Problem(string type, string? value) => (type, value) switch
    {
        (_, null) => $"The list of {type} principals is empty.",
        ("AWS", _) when UniqueIds.Any(prefix => value.StartsWith(prefix, StringComparison.Ordinal)) => $"\"{value}\" stands where a role or user was deleted.",
        ("Service", _) when !(value.EndsWith(".amazonaws.com", StringComparison.Ordinal) || value.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal)) => $"\"{value}\" is no AWS service.",
        _ => null,
    };
}
