using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// The Amazon Resource Name of an IAM principal: account root, role, user or role session, such as
/// <c>arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole</c>. An instance exists only when valid.
/// See "IAM identifiers" in the IAM User Guide.
/// </summary>
public sealed partial record PrincipalArn
{
    private PrincipalArn(Match match)
    {
        Value = match.Value;
        Partition = match.Groups["partition"].Value;
        Account = match.Groups["account"].Value;
        Path = match.Groups["path"].Value;
        Name = match.Groups["name"].Value;
        SessionName = match.Groups["session"] is { Success: true } session ? session.Value : null;
        Kind = SessionName is not null ? PrincipalKind.RoleSession
            : match.Groups["kind"].Value switch
            {
                "role" => PrincipalKind.Role,
                "user" => PrincipalKind.User,
                _ => PrincipalKind.AccountRoot,
            };
    }

    /// <summary>The whole ARN, as given.</summary>
    public string Value { get; }

    /// <summary>The partition: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>...</summary>
    public string Partition { get; }

    /// <summary>The twelve digits of the account.</summary>
    public string Account { get; }

    /// <summary>What the ARN names.</summary>
    public PrincipalKind Kind { get; }

    /// <summary>The path before the name, without the slashes at its ends; mostly empty.</summary>
    public string Path { get; }

    /// <summary>The name of the role or user; empty for an account root.</summary>
    public string Name { get; }

    /// <summary>The session name of a role session; otherwise null.</summary>
    public string? SessionName { get; }

    /// <summary>Reads a principal ARN.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidPrincipalArn</c>: the text is not the ARN of such a principal.</exception>
    public static PrincipalArn Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out PrincipalArn? arn)
            ? arn
            : throw new DataProtectionException(
                "InvalidPrincipalArn",
                FailureKind.InvalidArgument,
                $"\"{text}\" is not the ARN of an IAM principal; it must read arn:{{partition}}:iam::{{account}}:role/{{name}}, or :user/{{name}}, or :root.");
    }

    /// <summary>Reads the ARN of an IAM role.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>InvalidPrincipalArn</c>: the text is not a principal ARN; <c>NotARole</c>: it names another kind of principal.
    /// </exception>
    public static PrincipalArn ParseRole(string text) => Parse(text).RequireRole();

    /// <summary>Reads a principal ARN, or answers false.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PrincipalArn? arn)
    {
        Match match = Pattern().Match(text ?? "");
        arn = match.Success ? new PrincipalArn(match) : null;
        return match.Success;
    }

    /// <summary>The ARN that stands for a whole account.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidPrincipalArn</c>: the account is not twelve digits, or the partition is none.</exception>
    public static PrincipalArn AccountRoot(string partition, string account) => Parse($"arn:{partition}:iam::{account}:root");

    /// <inheritdoc />
    public override string ToString() => Value;

    internal PrincipalArn RequireRole() => Kind == PrincipalKind.Role
        ? this
        : throw new DataProtectionException(
            "NotARole",
            FailureKind.InvalidArgument,
            Kind == PrincipalKind.RoleSession
                ? $"\"{Value}\" is a session of a role; give the role itself, arn:{Partition}:iam::{Account}:role/{Name} (with its path, if it has one)."
                : $"\"{Value}\" is not a role; it must read arn:{Partition}:iam::{Account}:role/{{name}}.");

    // Names and session names: IAM and STS API Reference, CreateRole and AssumeRole; paths: "IAM identifiers".
    [GeneratedRegex(
        @"\Aarn:(?<partition>aws(-[a-z]+)*):" +
        @"((iam::(?<account>[0-9]{12}):((?<kind>root)|(?<kind>role|user)/((?<path>[\x21-\x7e]{1,510})/)?(?<name>[A-Za-z0-9_+=,.@-]{1,64})))" +
        @"|(sts::(?<account>[0-9]{12}):assumed-role/(?<name>[A-Za-z0-9_+=,.@-]{1,64})/(?<session>[A-Za-z0-9_+=,.@-]{2,64})))\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
