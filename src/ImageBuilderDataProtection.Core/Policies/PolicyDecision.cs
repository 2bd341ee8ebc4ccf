namespace ImageBuilderDataProtection.Policies;

/// <summary>What the policies say to a request, and why.</summary>
public sealed class PolicyDecision
{
    private readonly Func<IReadOnlyList<PolicyNearMiss>>? _findNearMisses;
    private IReadOnlyList<PolicyNearMiss>? _nearMisses;

    internal PolicyDecision(bool allowed, bool isExplicitDeny, PolicyKind? deniedBy, IReadOnlyList<PolicyStatement> decidingStatements, Func<IReadOnlyList<PolicyNearMiss>>? nearMisses)
    {
        Allowed = allowed;
        IsExplicitDeny = isExplicitDeny;
        DeniedBy = deniedBy;
        DecidingStatements = decidingStatements;
        _findNearMisses = nearMisses;
    }

    /// <summary>Whether the request is allowed.</summary>
    public bool Allowed { get; }

    /// <summary>Whether a statement denies the request; false when the request is allowed, or merely not allowed by any statement.</summary>
    public bool IsExplicitDeny { get; }

    /// <summary>
    /// The kind of policy that denies the request or does not allow it as it would have to; null when it is allowed.
    /// </summary>
    public PolicyKind? DeniedBy { get; }

    /// <summary>The statements that allow the request, or that deny it; none when it is denied because nothing allows it.</summary>
    public IReadOnlyList<PolicyStatement> DecidingStatements { get; }

    /// <summary>
    /// When nothing allows the request: the statements, of whichever policy, that would have allowed it but for one thing.
    /// They are looked for when first asked for.
    /// </summary>
    public IReadOnlyList<PolicyNearMiss> NearMisses => _nearMisses ??= _findNearMisses?.Invoke() ?? [];

    /// <summary>The decision and its reason on one line.</summary>
    public override string ToString()
    {
        string statements = string.Join(", ", DecidingStatements);
        if (Allowed)
        {
            return DecidingStatements.Count == 0 ? "Allowed" : $"Allowed by {statements}";
        }

        string policy = DeniedBy == PolicyKind.KeyPolicy ? "key policy" : "identity policy";
        return IsExplicitDeny
            ? $"Denied by {statements} of the {policy}"
            : NearMisses.Count == 0
                ? $"Denied: no statement of the {policy} allows it"
                : $"Denied: no statement of the {policy} allows it; nearly: {string.Join("; ", NearMisses)}";
    }
}
