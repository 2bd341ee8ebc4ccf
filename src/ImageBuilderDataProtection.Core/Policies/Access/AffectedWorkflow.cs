using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>A workflow that a role can open under a key policy, and no longer under the policy that takes its place.</summary>
public sealed record AffectedWorkflow
{
    /// <summary>The workflow; null when the encryption context names none.</summary>
    public required string? WorkflowArn { get; init; }

    /// <summary>The ARN of the role.</summary>
    public required string RoleArn { get; init; }

    /// <summary>The ARN of the key.</summary>
    public required string KeyArn { get; init; }

    /// <summary>The protected file; null when the workflow is known from an audit event.</summary>
    public string? Path { get; init; }

    /// <summary>When the key was last used for the workflow, UTC; null when it is known from a file.</summary>
    public DateTime? LastUsed { get; init; }

    /// <summary>Whether the key policy leaves it to the role's own policies, which are not known, to let the role open it still.</summary>
    public bool DependsOnRolePolicy { get; init; }

    /// <summary>Why the role cannot open it, as a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The workflow, where it is known from, and what may still let the role open it, on one line.</summary>
    public override string ToString() => $"{Name} ({Place}){Condition}";

    /// <summary>The workflow, as a line begins with it.</summary>
    internal string Name => WorkflowArn is null ? "a message for no workflow" : TerminalText.Line(WorkflowArn);

    /// <summary>Where the workflow is known from: the file, or when it was used.</summary>
    internal string Place => Path is not null ? TerminalText.Line(Path) : $"used {LastUsed?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>What may still let the role open it, as a line ends with it; otherwise empty.</summary>
    internal string Condition => DependsOnRolePolicy ? ", unless the role's own policies let it" : "";

    /// <summary>Those of the workflows under a key that a role can open before a change of the key's policy and not after it.</summary>
    internal static IEnumerable<AffectedWorkflow> Find(IEnumerable<WorkflowUse> uses, KeyArn key, PrincipalArn role, RoleOutlook before, RoleOutlook after) =>
        from use in uses
        where use.KeyArns.Contains(key.Value)
        let was = before.Decide(KmsActions.Decrypt, use.Context).Access
        let next = after.Decide(KmsActions.Decrypt, use.Context)
        where next.Access < was
        select new AffectedWorkflow
        {
            WorkflowArn = use.Context.TryGetValue(EncryptionContext.WorkflowArnKey, out string? arn) ? arn : null,
            RoleArn = role.Value,
            KeyArn = key.Value,
            Path = use.Path,
            LastUsed = use.LastUsed,
            DependsOnRolePolicy = next.Access == RoleAccess.LeftToRolePolicies,
            Reason = ReasonFor(next.Access, next.Statements, after.KnowsRolePolicies, otherKeys: use.KeyArns.Count - 1),
        };

    private static string ReasonFor(RoleAccess access, IReadOnlyList<PolicyStatement> statements, bool knowsRolePolicies, int otherKeys)
    {
        string reason = access == RoleAccess.LeftToRolePolicies
            ? $"The key policy leaves it to the role's own policies, which were not given ({string.Join(", ", statements)})."
            : knowsRolePolicies
                ? "The remaining statements of the key policy and the role's own policies do not let the role open it."
                : "No remaining statement of the key policy lets the role open it.";
        return otherKeys > 0 ? $"{reason} The file has {otherKeys} other key{(otherKeys == 1 ? "" : "s")}, which may still open it." : reason;
    }
}
