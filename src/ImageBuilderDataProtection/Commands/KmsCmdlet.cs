using System.Management.Automation;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of the cmdlets that call KMS, with the parameters they share.</summary>
public abstract class KmsCmdlet : AwsCmdlet
{
    private static readonly string[] RegionVariables = ["AWS_REGION", "AWS_DEFAULT_REGION"];

    private readonly Dictionary<string, object> _connections = new(StringComparer.Ordinal);
    private LocalKmsStore? _store;

    /// <summary>The folder of the local KMS; without it, AWS is called.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LocalKms { get; set; }

    /// <summary>KMS as the caller sees it. What the parameters leave open comes from the first ARN that tells it.</summary>
    /// <param name="accountFrom">ARNs whose account is the caller's, best first, when there is no -RoleArn.</param>
    /// <param name="regionFrom">ARNs whose region is meant, best first, when there is no -Region.</param>
    /// <exception cref="DataProtectionException">The parameters do not fit together, the region or the account is not known, or the local KMS cannot be used.</exception>
    private protected IKms Connect(IReadOnlyList<string> accountFrom, IReadOnlyList<string> regionFrom)
    {
        var aws = new AwsParameters(this);
        string? known = Region ?? ArnParts.FirstRegion(regionFrom);
        if (LocalKms is null)
        {
            return AwsConnections.Shared.Connect(aws.ToSettings(known));
        }

        aws.RequireNone();
        LocalKmsStore store = _store ??= LocalKmsStore.Open(Files.Unresolved(LocalKms));
        string region = known ?? RegionOfEnvironment() ?? throw RegionUnknown();
        LocalCaller caller = Caller(store, accountFrom, region);
        string name = $"{region} {caller}";
        if (!_connections.TryGetValue(name, out object? connection))
        {
            _connections[name] = connection = store.ForCaller(caller, region);
        }

        return (IKms)connection;
    }

    private LocalCaller Caller(LocalKmsStore store, IReadOnlyList<string> accountFrom, string region)
    {
        if (RoleArn is not null)
        {
            return LocalCaller.AssumeRole(PrincipalArn.ParseRole(RoleArn), RoleSessionName ?? LocalCaller.DefaultSessionName);
        }

        if (RoleSessionName is not null)
        {
            throw new DataProtectionException(
                "RoleArnMissing", FailureKind.InvalidArgument, "-RoleSessionName names a session of a role; give the role as -RoleArn, too.");
        }

        if (ArnParts.FirstAccount(accountFrom) is (string partition, string account))
        {
            return LocalCaller.AccountRoot(account, partition);
        }

        return store.Accounts is [string only]
            ? LocalCaller.AccountRootIn(region, only)
            : throw new DataProtectionException(
                "AccountUnknown",
                FailureKind.InvalidArgument,
                $"The account is not known: \"{store.Folder}\" holds keys of {store.Accounts.Count} accounts and no ARN tells which; name the key by its ARN, or give -RoleArn.");
    }

    private static string? RegionOfEnvironment() =>
        RegionVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(static value => !string.IsNullOrEmpty(value));

    private static DataProtectionException RegionUnknown() => new(
        "RegionUnknown",
        FailureKind.InvalidArgument,
        "The region is not known; give -Region, name the key by its ARN, or set the environment variable AWS_REGION.");
}
