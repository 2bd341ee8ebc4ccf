using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// Who calls a local KMS: an account root, or a session of an IAM role. Any role may be assumed locally; what it may do is
/// for the key policies to say, and for its role policy where there is one.
/// </summary>
public sealed partial class LocalCaller
{
    /// <summary>The session name when none is given.</summary>
    public const string DefaultSessionName = "ImageBuilderDataProtection";

    /// <summary>How the ids of temporary access keys begin ("IAM identifiers" in the IAM User Guide).</summary>
    internal const string TemporaryPrefix = "ASIA";

    /// <summary>How the ids of long-term access keys begin.</summary>
    internal const string LongTermPrefix = "AKIA";

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private readonly string _accessKeyId;
    private readonly DateTime _created;

    private LocalCaller(RequestPrincipal principal, string? invokedBy)
        : this(principal, invokedBy, NewAccessKeyId(TemporaryPrefix), DateTime.UtcNow)
    {
    }

    private LocalCaller(RequestPrincipal principal, string? invokedBy, string accessKeyId, DateTime created)
    {
        if (invokedBy is not null && !ServicePrincipal().IsMatch(invokedBy))
        {
            throw new DataProtectionException(
                "InvalidServicePrincipal",
                FailureKind.InvalidArgument,
                $"\"{invokedBy}\" is not the name of an AWS service; it must read like imagebuilder.amazonaws.com.");
        }

        Principal = principal;
        InvokedBy = invokedBy;
        _accessKeyId = accessKeyId;
        _created = created;
    }

    /// <summary>The caller as policies see it.</summary>
    public RequestPrincipal Principal { get; }

    /// <summary>The AWS service that calls for the principal, such as <c>imagebuilder.amazonaws.com</c>; otherwise null.</summary>
    public string? InvokedBy { get; }

    /// <summary>When the caller's credentials were made.</summary>
    internal DateTime Created => _created;

    /// <summary>The caller's account.</summary>
    public string Account => Principal.Account;

    /// <summary>The caller's partition.</summary>
    public string Partition => Principal.Partition;

    /// <summary>The root of an account, in the partition of a region.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidPrincipalArn</c>: the account is not twelve digits.</exception>
    public static LocalCaller AccountRootIn(string region, string account) => AccountRoot(account, AwsRegions.PartitionOf(region) ?? "aws");

    /// <summary>The account's root user.</summary>
    /// <param name="account">Twelve digits.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="invokedBy">The AWS service that calls for the principal, if any.</param>
    /// <exception cref="DataProtectionException"><c>InvalidPrincipalArn</c> or <c>InvalidServicePrincipal</c>.</exception>
    public static LocalCaller AccountRoot(string account, string partition = "aws", string? invokedBy = null) =>
        new(RequestPrincipal.From(PrincipalArn.AccountRoot(partition, account)), invokedBy);

    /// <summary>A session of a role.</summary>
    /// <param name="role">The role's ARN.</param>
    /// <param name="sessionName">The session name.</param>
    /// <param name="invokedBy">The AWS service that calls for the principal, if any.</param>
    /// <exception cref="DataProtectionException"><c>NotARole</c>, <c>InvalidSessionName</c> or <c>InvalidServicePrincipal</c>.</exception>
    public static LocalCaller AssumeRole(PrincipalArn role, string sessionName = DefaultSessionName, string? invokedBy = null) =>
        new(RequestPrincipal.RoleSession(role, sessionName), invokedBy);

    /// <summary>A new access key id of the form that IAM gives ("IAM identifiers" in the IAM User Guide).</summary>
    internal static string NewAccessKeyId(string prefix) => prefix + RandomNumberGenerator.GetString(Base32, 16);

    /// <summary>The caller whose requests these credentials sign.</summary>
    internal LocalCaller SigningWith(string accessKeyId, DateTime created) => new(Principal, InvokedBy, accessKeyId, created);

    /// <summary>The caller's ARN.</summary>
    public override string ToString() => Principal.ToString();

    /// <summary>The element <c>userIdentity</c> of the caller's own records ("CloudTrail userIdentity element").</summary>
    internal JObject ToUserIdentity()
    {
        var identity = new JObject
        {
            ["type"] = Principal.IsAccountRoot ? "Root" : "AssumedRole",
            ["principalId"] = PrincipalId,
            ["arn"] = Principal.Arn.Value,
            ["accountId"] = Account,
            ["accessKeyId"] = _accessKeyId,
        };

        // Long-term keys have no session.
        if (_accessKeyId.StartsWith(LongTermPrefix, StringComparison.Ordinal))
        {
            return WithInvokedBy(identity);
        }

        var session = new JObject();
        if (!Principal.IsAccountRoot)
        {
            session["sessionIssuer"] = new JObject
            {
                ["type"] = "Role",
                ["principalId"] = RoleId,
                ["arn"] = Principal.Identity.Value,
                ["accountId"] = Account,
                ["userName"] = Principal.Identity.Name,
            };
            session["webIdFederationData"] = new JObject();
        }

        session["attributes"] = new JObject
        {
            ["creationDate"] = _created.ToString(JsonElements.TimeFormat, System.Globalization.CultureInfo.InvariantCulture),
            ["mfaAuthenticated"] = "false",
        };
        identity["sessionContext"] = session;
        return WithInvokedBy(identity);
    }

    /// <summary>The element <c>userIdentity</c> of the record that the owner of the key gets when the caller is of another account.</summary>
    internal JObject ToForeignUserIdentity() => WithInvokedBy(new JObject
    {
        ["type"] = "AWSAccount",
        ["principalId"] = PrincipalId,
        ["accountId"] = Account,
    });

    /// <summary>The unique id of the caller, as <c>GetCallerIdentity</c> and records tell it.</summary>
    internal string PrincipalId => Principal.IsAccountRoot ? Account : $"{RoleId}:{Principal.Arn.SessionName}";

    // IAM gives each role a unique id of this form ("IAM identifiers"); ours is the same for the same ARN.
    private string RoleId
    {
        get
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(Principal.Identity.Value));
            return "AROA" + string.Concat(hash.Take(17).Select(static value => Base32[value % Base32.Length]));
        }
    }

    private JObject WithInvokedBy(JObject identity)
    {
        if (InvokedBy is not null)
        {
            identity["invokedBy"] = InvokedBy;
        }

        return identity;
    }

    [GeneratedRegex(@"\A[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex ServicePrincipal();
}
