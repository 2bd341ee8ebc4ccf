using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>What the rules look at: the policies, and what can be known of the key.</summary>
internal sealed class LintContext
{
    public LintContext(LintSubject subject)
    {
        Subject = subject;
        KeyPolicy = new LintedPolicy("Key policy", PolicyKind.KeyPolicy, subject.KeyPolicy);
        RolePolicies =
        [
            .. subject.RolePolicies.Select((policy, index) => new LintedPolicy(
                subject.RolePolicies.Count == 1 ? "Role policy" : $"Role policy {index + 1}", PolicyKind.IdentityPolicy, policy)),
        ];
        Policies = [KeyPolicy, .. RolePolicies];
        KeyAccount = Key?.Account ?? AdministratingAccounts().FirstOrDefault();
        Partition = Key?.Partition ?? AllArns().FirstOrDefault()?.Partition;
        Role = subject.Role ?? (ExecutionRoles() is [PrincipalArn only] ? only : null);
    }

    public LintSubject Subject { get; }

    public LintedPolicy KeyPolicy { get; }

    public IReadOnlyList<LintedPolicy> RolePolicies { get; }

    public IReadOnlyList<LintedPolicy> Policies { get; }

    public IEnumerable<LintedStatement> Statements => Policies.SelectMany(static policy => policy.Statements);

    /// <summary>The key; null when it is not known.</summary>
    public KeyArn? Key => Subject.Key;

    /// <summary>The partition of the key, or else of the first principal; null when neither is known.</summary>
    public string? Partition { get; }

    /// <summary>The account of the key, or else the first whose root may change the key policy; null when neither is known.</summary>
    public string? KeyAccount { get; }

    /// <summary>The role that the role policies belong to; null when it is not known.</summary>
    public PrincipalArn? Role { get; }

    /// <summary>The roles that the key policy lets decrypt, one by one.</summary>
    public IReadOnlyList<PrincipalArn> ExecutionRoles() =>
    [
        .. KeyPolicy.Statements
            .Where(static statement => statement.IsAllow && statement.Covers(KmsActions.Decrypt) && !statement.CoversEverything)
            .SelectMany(static statement => statement.PrincipalArns)
            .Where(static principal => principal.Kind == PrincipalKind.Role)
            .Distinct(),
    ];

    /// <summary>The accounts whose principals may change the key policy by its statements.</summary>
    public IEnumerable<string> AdministratingAccounts() => KeyPolicy.Statements
        .Where(static statement => statement.IsAllow && statement.Covers(KmsActions.PutKeyPolicy))
        .SelectMany(static statement => statement.Accounts)
        .Distinct(StringComparer.Ordinal);

    /// <summary>
    /// Whom an Allow of the key policy lets use the key by itself: roles, users, other accounts, and everyone that a condition
    /// leaves. The key's own account is none of them: it hands the decision on to its identity policies.
    /// </summary>
    public IEnumerable<string> Users(LintedStatement statement) => statement.Principals
        .Where(name => name == "*" ? statement.Conditions.Count > 0 : LintedStatement.AccountOf(name) is not { } account || (KeyAccount is not null && account != KeyAccount));

    /// <summary>Whether a principal may have the key policy changed, if resources of statements do not keep it from it.</summary>
    /// <param name="believeResources">Whether every statement is taken to be about this key, whatever its Resource says.</param>
    public bool SomeoneMayPutKeyPolicy(bool believeResources) => KeyPolicy.Statements
        .Where(statement => statement.IsAllow
            && statement.Matcher.OwnProblem is null
            && statement.Covers(KmsActions.PutKeyPolicy)
            && (believeResources || ConcernsKey(statement))
            && !statement.Conditions.Any(static condition => (condition.IsContext || condition.IsContextKeys || condition.Is(ConditionKeys.ViaService)) && condition.Restricts))
        .SelectMany(Administrators)
        .Any(principal => WhatDeniesPutKeyPolicy(principal) is null);

    /// <summary>The first Deny that keeps everyone of the key's account from changing the key policy; null when there is none.</summary>
    public LintedStatement? WhatDeniesAllPutKeyPolicy() =>
        KeyAccount is { } account ? WhatDeniesPutKeyPolicy(RequestPrincipal.From(PrincipalArn.AccountRoot(Partition ?? "aws", account))) : null;

    /// <summary>Whether a statement of the key policy can be about the key that has it.</summary>
    public bool ConcernsKey(LintedStatement statement) => KeyResources.Concerns(statement, Key);

    private IEnumerable<PrincipalArn> AllArns() => KeyPolicy.Statements.SelectMany(static statement => statement.PrincipalArns);

    // "AWS KMS permissions" in the AWS KMS Developer Guide: PutKeyPolicy has no cross-account use.
    private IEnumerable<RequestPrincipal> Administrators(LintedStatement statement)
    {
        string partition = Partition ?? "aws";
        string account = Key?.Account ?? statement.Accounts.Concat(KeyPolicy.Statements.SelectMany(static other => other.Accounts)).FirstOrDefault() ?? "000000000000";
        if (statement.NamesEveryone || statement.Statement.Principal is { IsNegated: true })
        {
            return [RequestPrincipal.From(PrincipalArn.AccountRoot(partition, account))];
        }

        return statement.Principals
            .Select(name => PrincipalArn.TryParse(name, out PrincipalArn? arn) ? arn
                : statement.Accounts.Contains(name) ? PrincipalArn.AccountRoot(partition, name)
                : null)
            .OfType<PrincipalArn>()
            .Where(arn => Key is null || (arn.Account == Key.Account && arn.Partition == Key.Partition))
            .Select(RequestPrincipal.Of);
    }

    private LintedStatement? WhatDeniesPutKeyPolicy(RequestPrincipal principal) => KeyPolicy.Statements.FirstOrDefault(statement => DeniesPutKeyPolicy(statement, principal));

    // Whether a condition of a Deny holds can be told only of what the caller's ARN says. An account root stands for all roles
    // and users of its account, and of those a condition on the ARN, or a NotPrincipal, may spare one.
    private bool DeniesPutKeyPolicy(LintedStatement statement, RequestPrincipal principal) =>
        !statement.IsAllow
        && !(principal.IsAccountRoot && statement.Statement.Principal is { IsNegated: true })
        && statement.Conditions.All(condition =>
            condition.Is(ConditionKeys.PrincipalAccount) || condition.Is(ConditionKeys.CallerAccount) || (condition.Is(ConditionKeys.PrincipalArn) && !principal.IsAccountRoot))
        && statement.Matcher.Evaluate(new StatementRequest(principal, KmsActions.PutKeyPolicy, Key?.Value ?? KeyResources.Any(principal), RequestConditions.For(principal))) != PrincipalMatch.None;
}
