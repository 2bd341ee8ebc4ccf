using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>
/// What a role may do with a key, as far as the key policy tells, and the role's own policies where they are known. Image
/// Builder's requests count as well as the role's own, since an execution role is used by Image Builder.
/// </summary>
/// <param name="keyPolicy">The key's policy.</param>
/// <param name="key">The key.</param>
/// <param name="role">The role.</param>
/// <param name="rolePolicies">The role's own policies; null when they are not known.</param>
internal sealed class RoleOutlook(KeyPolicy keyPolicy, KeyArn key, PrincipalArn role, IReadOnlyList<PolicyDocument>? rolePolicies)
{
    private static readonly PolicyDocument[] EverythingAllowed =
        [PolicyDocument.Parse("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""")];

    // What holds for every use of every key that encrypts data keys. "AWS KMS condition keys" in the AWS KMS Developer Guide.
    private static readonly KeyValuePair<string, string>[] KeyConditions =
    [
        KeyValuePair.Create("kms:KeySpec", "SYMMETRIC_DEFAULT"),
        KeyValuePair.Create("kms:KeyUsage", "ENCRYPT_DECRYPT"),
        KeyValuePair.Create("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"),
    ];

    private readonly RequestPrincipal _caller = RequestPrincipal.Of(role);

    /// <summary>Whether the role's own policies are known.</summary>
    public bool KnowsRolePolicies => rolePolicies is not null;

    /// <summary>What the role may do under an encryption context, and the statements of the key policy that decide it.</summary>
    public (RoleAccess Access, IReadOnlyList<PolicyStatement> Statements) Decide(string action, EncryptionContext context) =>
        DecideEach(action, context).MaxBy(static decided => decided.Access);

    /// <summary>The same for its own request and for that of Image Builder, each by itself.</summary>
    public IEnumerable<(RoleAccess Access, IReadOnlyList<PolicyStatement> Statements)> DecideEach(string action, EncryptionContext context) =>
        new[] { null, ViaService.Of(ViaService.ImageBuilder, key.Region) }.Select(viaService => Decide(action, context, viaService));

    /// <summary>Whether a statement of the key policy is about the role itself, or everyone, and not about its account.</summary>
    public bool IsNamed(PolicyStatement statement) =>
        statement.Principal is { } principal && new PrincipalMatcher(principal).Evaluate(_caller, statement.Effect) == PrincipalMatch.Direct;

    private (RoleAccess Access, IReadOnlyList<PolicyStatement> Statements) Decide(string action, EncryptionContext context, string? viaService)
    {
        var request = new PolicyRequest(_caller, action, key, RequestConditions.For(_caller, context, viaService, KeyConditions));
        PolicyDecision known = PolicyEvaluator.Evaluate(request, keyPolicy, rolePolicies ?? []);
        if (known.Allowed || rolePolicies is not null)
        {
            return (known.Allowed ? RoleAccess.Allowed : RoleAccess.Denied, OfKeyPolicy(known));
        }

        PolicyDecision atMost = PolicyEvaluator.Evaluate(request, keyPolicy, EverythingAllowed);
        return (atMost.Allowed ? RoleAccess.LeftToRolePolicies : RoleAccess.Denied, OfKeyPolicy(atMost));
    }

    private PolicyStatement[] OfKeyPolicy(PolicyDecision decision) => [.. decision.DecidingStatements.Where(keyPolicy.Statements.Contains)];
}
