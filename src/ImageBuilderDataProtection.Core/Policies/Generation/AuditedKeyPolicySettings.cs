using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>What goes into a key policy besides what audit events show.</summary>
public sealed record AuditedKeyPolicySettings
{
    /// <summary>The key that the policy is for: uses of other keys are passed over. Null for whichever keys the events name.</summary>
    public KeyArn? Key { get; init; }

    /// <summary>Who administers the key; when empty, the account root of the key's account.</summary>
    public IReadOnlyList<PrincipalArn> KeyAdministrators { get; init; } = [];

    /// <summary>Whether the administrators get the administrative actions, and not all of <c>kms:*</c>.</summary>
    public bool AdministrativeActionsOnly { get; init; }

    /// <summary>The name of the statements for workflows; from the second on with a number.</summary>
    public string Sid { get; init; } = KeyPolicySettings.DefaultSid;
}
