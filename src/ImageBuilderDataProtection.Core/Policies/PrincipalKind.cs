namespace ImageBuilderDataProtection.Policies;

/// <summary>What a principal ARN names.</summary>
public enum PrincipalKind
{
    /// <summary>An account as a whole: <c>arn:aws:iam::111122223333:root</c>.</summary>
    AccountRoot,

    /// <summary>An IAM role: <c>arn:aws:iam::111122223333:role/NAME</c>.</summary>
    Role,

    /// <summary>An IAM user: <c>arn:aws:iam::111122223333:user/NAME</c>.</summary>
    User,

    /// <summary>A session of a role: <c>arn:aws:sts::111122223333:assumed-role/ROLE/SESSION</c>.</summary>
    RoleSession,
}
