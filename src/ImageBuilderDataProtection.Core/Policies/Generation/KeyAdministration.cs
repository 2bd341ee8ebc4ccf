using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>The statement of a key policy for those who administer the key.</summary>
internal sealed record KeyAdministration
{
    // "Default key policy", "Allows key administrators to administer the KMS key", in the AWS KMS Developer Guide,
    // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html. With kms:Put* it keeps the policy itself
    // within their reach, which PutKeyPolicy's safety check asks for. What the console adds for keys of several regions or with
    // imported material, kms:ReplicateKey and kms:ImportKeyMaterial, a workflow key has no use for.
    private static readonly string[] AdministrativeActions =
    [
        "kms:Create*",
        "kms:Describe*",
        "kms:Enable*",
        "kms:List*",
        "kms:Put*",
        "kms:Update*",
        "kms:Revoke*",
        "kms:Disable*",
        "kms:Get*",
        "kms:Delete*",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:ScheduleKeyDeletion",
        "kms:CancelKeyDeletion",
        "kms:RotateKeyOnDemand",
    ];

    private KeyAdministration(IReadOnlyList<PrincipalArn> administrators, IReadOnlyList<string> actions)
    {
        Administrators = administrators;
        Actions = actions;
    }

    public IReadOnlyList<PrincipalArn> Administrators { get; }

    public IReadOnlyList<string> Actions { get; }

    /// <summary>The administration by these principals or, when there are none, by the root of the one account.</summary>
    /// <param name="administrators">The principals.</param>
    /// <param name="administrativeActionsOnly">Whether they get the administrative actions, and not all.</param>
    /// <param name="partition">The partition of the root.</param>
    /// <param name="accounts">The accounts, one of which has the key.</param>
    /// <exception cref="DataProtectionException"><c>KeyAdministratorRequired</c>: there are no principals, and several accounts.</exception>
    public static KeyAdministration Of(IReadOnlyList<PrincipalArn> administrators, bool administrativeActionsOnly, string partition, IReadOnlyList<string> accounts)
    {
        if (administrators.Count == 0)
        {
            administrators = accounts.Count == 1
                ? [PrincipalArn.AccountRoot(partition, accounts[0])]
                : throw new DataProtectionException(
                    "KeyAdministratorRequired",
                    FailureKind.InvalidArgument,
                    $"The ARNs are of the accounts {string.Join(", ", accounts)}; name the key administrators, since the key's account is not to be told from these.");
        }

        return new KeyAdministration(administrators, administrativeActionsOnly ? AdministrativeActions : ["kms:*"]);
    }

    /// <summary>Whether the statement itself allows a principal this action.</summary>
    public bool Allows(PrincipalArn principal, string action) =>
        Administrators.Contains(principal) && Actions.Any(pattern => WildcardPattern.IsMatch(WildcardPattern.From(pattern), action, ignoreCase: true));

    public JObject ToStatement() => new()
    {
        ["Sid"] = "Allow access for key administrators",
        ["Effect"] = "Allow",
        ["Principal"] = new JObject { ["AWS"] = PolicyDocument.OneOrList(Administrators.Select(static principal => principal.Value)) },
        ["Action"] = new JArray(Actions),
        ["Resource"] = "*",
    };
}
