namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>One of the policies that are linted.</summary>
internal sealed class LintedPolicy
{
    public LintedPolicy(string name, PolicyKind kind, PolicyDocument document)
    {
        Name = name;
        Kind = kind;
        Document = document;
        Statements = [.. document.Matchers(kind).Select(matcher => new LintedStatement(this, matcher))];
    }

    /// <summary>What a finding calls it.</summary>
    public string Name { get; }

    public PolicyKind Kind { get; }

    public PolicyDocument Document { get; }

    public IReadOnlyList<LintedStatement> Statements { get; }

    public bool IsKeyPolicy => Kind == PolicyKind.KeyPolicy;
}
