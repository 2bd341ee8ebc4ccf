namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// Who makes a request, as policies see it: an account root, an IAM user, or a session of a role. A session is known both
/// by its own ARN and by its role's ("How to specify a principal" in the IAM User Guide).
/// </summary>
public sealed record RequestPrincipal
{
    private const string AnySession = "any-session";

    private RequestPrincipal(PrincipalArn arn, PrincipalArn identity)
    {
        Arn = arn;
        Identity = identity;
    }

    /// <summary>The ARN of the caller itself: of a role session the session's, <c>arn:aws:sts::…:assumed-role/ROLE/SESSION</c>.</summary>
    public PrincipalArn Arn { get; }

    /// <summary>The identity that policies are attached to: of a role session the role; otherwise the same as <see cref="Arn"/>.</summary>
    public PrincipalArn Identity { get; }

    /// <summary>The partition.</summary>
    public string Partition => Identity.Partition;

    /// <summary>The caller's account.</summary>
    public string Account => Identity.Account;

    /// <summary>Whether the caller is the account root, which no identity policy limits.</summary>
    public bool IsAccountRoot => Identity.Kind == PrincipalKind.AccountRoot;

    /// <summary>A session of a role.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>NotARole</c>: the ARN is not a role's; <c>InvalidSessionName</c>: the name is not 2 to 64 of <c>A-Z a-z 0-9 _ + = , . @ -</c>.
    /// </exception>
    public static RequestPrincipal RoleSession(PrincipalArn role, string sessionName)
    {
        ArgumentNullException.ThrowIfNull(role);
        role.RequireRole();
        return PrincipalArn.TryParse($"arn:{role.Partition}:sts::{role.Account}:assumed-role/{role.Name}/{sessionName}", out PrincipalArn? session)
            ? new RequestPrincipal(session, role)
            : throw new DataProtectionException(
                "InvalidSessionName",
                FailureKind.InvalidArgument,
                $"\"{sessionName}\" is not a role session name: it must be 2 to 64 letters, digits or _ + = , . @ -.");
    }

    /// <summary>An account root or an IAM user. A role acts through a session: see <see cref="RoleSession"/>.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidPrincipalArn</c>: the ARN is of another kind.</exception>
    public static RequestPrincipal From(PrincipalArn arn)
    {
        ArgumentNullException.ThrowIfNull(arn);
        return arn.Kind is PrincipalKind.AccountRoot or PrincipalKind.User
            ? new RequestPrincipal(arn, arn)
            : throw new DataProtectionException(
                "InvalidPrincipalArn",
                FailureKind.InvalidArgument,
                $"\"{arn}\" is a role or a session of one; a role session is made of the role's ARN and a session name.");
    }

    /// <summary>
    /// Whoever an ARN names, when it calls: a role acts through a session, of whatever name; of a session's role the path is not
    /// in the ARN, and is taken to be none.
    /// </summary>
    public static RequestPrincipal Of(PrincipalArn arn)
    {
        ArgumentNullException.ThrowIfNull(arn);
        return arn.Kind switch
        {
            PrincipalKind.Role => RoleSession(arn, AnySession),
            PrincipalKind.RoleSession => RoleSession(PrincipalArn.Parse($"arn:{arn.Partition}:iam::{arn.Account}:role/{arn.Name}"), arn.SessionName!),
            _ => From(arn),
        };
    }

    /// <summary>The caller's ARN.</summary>
    public override string ToString() => Arn.Value;
}
