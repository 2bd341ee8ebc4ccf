using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies;

/// <summary>What the policies say to a request, and why.</summary>
public sealed class PolicyDecision
{
    private readonly StatementRequest _request;
    private readonly Func<IReadOnlyList<PolicyNearMiss>>? _findNearMisses;
    private IReadOnlyList<PolicyNearMiss>? _nearMisses;

    internal PolicyDecision(
        StatementRequest request, bool allowed, bool isExplicitDeny, PolicyKind? deniedBy, IReadOnlyList<PolicyStatement> decidingStatements, Func<IReadOnlyList<PolicyNearMiss>>? nearMisses)
    {
        _request = request;
        Allowed = allowed;
        IsExplicitDeny = isExplicitDeny;
        DeniedBy = deniedBy;
        DecidingStatements = decidingStatements;
        _findNearMisses = nearMisses;
    }

    /// <summary>Who asks: of a role the role itself, whatever the session.</summary>
    public string Principal => _request.Principal.Identity.Value;

    /// <summary>The action, such as <c>kms:Decrypt</c>.</summary>
    public string Action => _request.Action;

    /// <summary>What the action is on: the key's ARN.</summary>
    public string Resource => _request.Resource;

    /// <summary>The workflow that the request's encryption context names; null when it names none.</summary>
    public string? WorkflowArn =>
        _request.Conditions.Values(ConditionKeys.WorkflowArn) is [string arn, ..] ? arn : null;

    /// <summary>The audit event that the request comes from, by its eventID; null when it comes from none.</summary>
    public string? EventId { get; private init; }

    /// <summary>
    /// Condition keys that the policies ask for and whose values were not given: the decision takes them as not in the request,
    /// and may be another where they are.
    /// </summary>
    public IReadOnlyList<string> AbsentConditionKeys { get; private init; } = [];

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

    /// <summary>Whether the caller has policies of its own, as far as is known.</summary>
    internal bool HasIdentityPolicies { get; init; } = true;

    /// <summary>The decision and its reason, as <see cref="ToString"/> gives them.</summary>
    public string Explanation => ToString();

    /// <summary>The same decision, with what is known of its request.</summary>
    internal PolicyDecision With(string? eventId, IReadOnlyList<string> absentConditionKeys) =>
        new(_request, Allowed, IsExplicitDeny, DeniedBy, DecidingStatements, _findNearMisses)
        {
            EventId = eventId,
            AbsentConditionKeys = absentConditionKeys,
            HasIdentityPolicies = HasIdentityPolicies,
        };

    /// <summary>The decision and its reason on one line.</summary>
    public override string ToString() =>
        TerminalText.Line(Reason() + (AbsentConditionKeys.Count == 0 ? "" : $" (taken as not in the request: {string.Join(", ", AbsentConditionKeys)})"));

    private string Reason()
    {
        string statements = string.Join(", ", DecidingStatements);
        if (Allowed)
        {
            return DecidingStatements.Count == 0 ? "Allowed" : $"Allowed by {statements}";
        }

        string policy = DeniedBy == PolicyKind.KeyPolicy ? "key policy" : "identity policy";
        if (IsExplicitDeny)
        {
            return $"Denied by {statements} of the {policy}";
        }

        string reason = DeniedBy == PolicyKind.IdentityPolicy && !HasIdentityPolicies
            ? "Denied: the key policy leaves it to the caller's own policies, and none of them is known"
            : $"Denied: no statement of the {policy} allows it";
        return NearMisses.Count == 0 ? reason : $"{reason}; nearly: {string.Join("; ", NearMisses)}";
    }
}
