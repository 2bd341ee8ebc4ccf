using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// The Principal or NotPrincipal of a statement of a key policy, ready to be held against callers ("AWS JSON policy
/// elements: Principal" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html). Services and federated
/// providers are never our callers: whoever calls KMS with their help is a role session.
/// </summary>
internal sealed partial class PrincipalMatcher
{
    private readonly bool _isNegated;
    private readonly bool _isEveryone;
    private readonly string[] _names;
    private readonly (string? Partition, string Account)[] _accounts;

    public PrincipalMatcher(PolicyPrincipals principals)
    {
        _isNegated = principals.IsNegated;
        _isEveryone = principals.Aws.Contains("*");
        _names = [.. principals.Aws];
        _accounts = [.. principals.Aws.Select(AccountOf).OfType<(string?, string)>()];
        Problem = FindProblem(principals);
    }

    /// <summary>What keeps the element from being understood; null when nothing does.</summary>
    public string? Problem { get; }

    /// <summary>How the element names a caller. What cannot be understood names everyone in a Deny, and no one in an Allow.</summary>
    public PrincipalMatch Evaluate(RequestPrincipal caller, PolicyEffect effect)
    {
        if (Problem is not null)
        {
            return effect == PolicyEffect.Deny ? PrincipalMatch.Direct : PrincipalMatch.None;
        }

        bool isAccount = _isEveryone || Array.Exists(_accounts, one => one.Account == caller.Account && (one.Partition ?? caller.Partition) == caller.Partition);
        bool isIdentity = _isEveryone || Array.IndexOf(_names, caller.Identity.Value) >= 0;
        bool isSession = _isEveryone || Array.IndexOf(_names, caller.Arn.Value) >= 0;
        if (!_isNegated)
        {
            return isIdentity || isSession || (isAccount && caller.IsAccountRoot) ? PrincipalMatch.Direct
                : isAccount ? PrincipalMatch.Account
                : PrincipalMatch.None;
        }

        // "AWS JSON policy elements: NotPrincipal": a Deny spares only the caller whose account, role and session are all
        // named; and an Allow is for callers of whom nothing is named.
        bool isSpared = effect == PolicyEffect.Deny
            ? isAccount && (isIdentity || caller.IsAccountRoot) && (isSession || caller.IsAccountRoot)
            : isAccount || isIdentity || isSession;
        return isSpared ? PrincipalMatch.None : PrincipalMatch.Direct;
    }

    private static (string? Partition, string Account)? AccountOf(string value) =>
        AccountId().IsMatch(value) ? (null, value)
        : PrincipalArn.TryParse(value, out PrincipalArn? arn) && arn.Kind == PrincipalKind.AccountRoot ? (arn.Partition, arn.Account)
        : null;

    private static string? FindProblem(PolicyPrincipals principals)
    {
        foreach ((string type, IReadOnlyList<string> values) in principals.ByType)
        {
            switch (type)
            {
                case "Service" or "Federated":
                    break;
                case "AWS":
                    if (values.FirstOrDefault(static value => !IsPrincipal(value)) is { } invalid)
                    {
                        return $"the principal \"{invalid}\" is none that is supported: *, an account, or the ARN of an account root, role, user, role session or federated user";
                    }

                    break;
                case "CanonicalUser":
                    return "a CanonicalUser is an account in a form of Amazon S3, and which account it is cannot be told";
                default:
                    return $"the type of principal {type} is unknown";
            }
        }

        return null;
    }

    // A unique id stands where the user or role that was named is deleted; it names no one any more ("IAM role principals" on
    // the page above).
    private static bool IsPrincipal(string value) =>
        value == "*" || AccountId().IsMatch(value) || PrincipalArn.TryParse(value, out _) || OtherPrincipal().IsMatch(value);

    [GeneratedRegex(@"\A[0-9]{12}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountId();

    [GeneratedRegex(@"\A((AIDA|AROA)[A-Z0-9]{12,124}|arn:aws(-[a-z]+)*:sts::[0-9]{12}:federated-user/[A-Za-z0-9_+=,.@-]{2,64})\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex OtherPrincipal();
}
