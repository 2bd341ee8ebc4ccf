namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>What goes into the policy of an execution role besides what audit events show.</summary>
public sealed record AuditedRolePolicySettings
{
    /// <summary>The name of the statements when none is given. IAM takes it, unlike the AWS page's.</summary>
    public const string DefaultSid = "AllowAccessToTheWorkflowKey";

    /// <summary>The role that the policy is for: uses by others are passed over. Null for whoever the events name.</summary>
    public PrincipalArn? Role { get; init; }

    /// <summary>The name of the statements, of letters and digits; from the second on with a number.</summary>
    public string Sid { get; init; } = DefaultSid;
}
