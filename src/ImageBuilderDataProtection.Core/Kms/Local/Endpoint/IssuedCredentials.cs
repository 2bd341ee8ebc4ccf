using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>Credentials, and whose they are.</summary>
/// <param name="Credentials">The credentials.</param>
/// <param name="Caller">Who signs with them.</param>
internal sealed record IssuedCredentials(LocalCredentials Credentials, LocalCaller Caller)
{
    /// <summary>Whether they are of a role session.</summary>
    public bool IsRoleSession => !Caller.Principal.IsAccountRoot;

    /// <summary>Nothing secret.</summary>
    public override string ToString() => Credentials.ToString();

    /// <summary>The caller of one principal: the account root, or a session of a role.</summary>
    public static LocalCaller CallerOf(PrincipalArn identity, string? sessionName) => sessionName is null
        ? LocalCaller.AccountRoot(identity.Account, identity.Partition)
        : LocalCaller.AssumeRole(identity, sessionName);
}
