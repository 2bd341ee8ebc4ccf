namespace ImageBuilderDataProtection.Policies;

/// <summary>A statement by itself, to be put among the statements of a policy that a role has already.</summary>
public sealed class RolePolicyStatement
{
    private readonly PolicyStatement _statement;

    private RolePolicyStatement(PolicyStatement statement) => _statement = statement;

    /// <summary>The statement's name.</summary>
    public string? Sid => _statement.Sid;

    /// <summary>What it allows.</summary>
    public IReadOnlyList<string> Action => _statement.Action?.Values ?? [];

    /// <summary>The keys.</summary>
    public IReadOnlyList<string> Resource => _statement.Resource?.Values ?? [];

    /// <summary>What must be true for it to apply: all of these.</summary>
    public IReadOnlyList<PolicyCondition> Conditions => _statement.Conditions;

    /// <summary>The statements of a policy, each by itself.</summary>
    public static IReadOnlyList<RolePolicyStatement> Of(PolicyDocument policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return [.. policy.Statements.Select(static statement => new RolePolicyStatement(statement))];
    }

    /// <summary>The statement as indented JSON.</summary>
    public string ToJson() => _statement.ToJson();

    /// <summary>The statement as indented JSON.</summary>
    public override string ToString() => ToJson();
}
