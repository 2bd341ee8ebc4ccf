using System.Globalization;
using System.Reflection;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// One call of one operation: finds the key, asks the policies, and leaves the record. The order is KMS's: first the key is
/// found, then the caller is authorised, and only then is anything told of the key's state.
/// </summary>
internal sealed class LocalKmsCall(LocalKmsStore store, LocalCaller caller, string region, LocalClient? client, LocalKmsOperation operation, JObject requestParameters)
{
    private const string KeyType = "AWS::KMS::Key";

    private static readonly string LocalUserAgent =
        $"ImageBuilderDataProtection/{typeof(LocalKmsCall).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]} " +
        $"local-kms .NET/{Environment.Version}";

    // A call that never leaves the process is as good as TLS.
    private static readonly LocalClient InProcess = new("127.0.0.1", LocalUserAgent, IsSecureTransport: true);

    private readonly LocalClient _client = client ?? InProcess;
    private readonly LocalKeyFiles _files = new(store);
    private readonly List<AuditResource> _resources = [];
    private bool _isCallersAlone;

    /// <summary>What is true of every key of the local KMS.</summary>
    public static KeyValuePair<string, string>[] KeyConditions { get; } =
    [
        KeyValuePair.Create("kms:KeySpec", "SYMMETRIC_DEFAULT"),
        KeyValuePair.Create("kms:KeyUsage", "ENCRYPT_DECRYPT"),
        KeyValuePair.Create("kms:KeyOrigin", "AWS_KMS"),
        KeyValuePair.Create("kms:MultiRegion", "false"),
    ];

    public string RequestId { get; } = Guid.NewGuid().ToString();

    public string Region => region;

    public LocalKmsOperation Operation => operation;

    public LocalKeyFiles Files => _files;

    public DateTime Now { get; } = store.Clock.GetUtcNow().UtcDateTime;

    public JObject? ResponseElements { get; set; }

    public JObject? AdditionalEventData { get; set; }

    /// <summary>Whether the call holds the <see cref="StoreLock"/>.</summary>
    public bool IsLocked { get; init; }

    private string Action => "kms:" + operation.Name;

    /// <summary>Finds the key that an identifier names.</summary>
    public async Task<LocalKey> FindKeyAsync(KeyIdentifier identifier, CancellationToken cancellationToken)
    {
        string partition = identifier.Partition ?? caller.Partition;
        string account = identifier.Account ?? caller.Account;
        if (identifier.Region is { } named && named != region)
        {
            throw KmsFault.NotFound($"Invalid arn {named}");
        }

        if (identifier.IsAlias && !operation.TakesAlias)
        {
            throw KmsFault.NotFound($"Invalid keyId '{identifier}': {operation.Name} takes a key id or a key ARN, not an alias");
        }

        bool isForeign = account != caller.Account || partition != caller.Partition;
        if (isForeign && !operation.AllowsOtherAccounts)
        {
            throw AccessDeniedElsewhere(Action);
        }

        string? keyId = identifier.IsAlias ? _files.ReadAliases(account, region).GetValueOrDefault(identifier.Resource) : identifier.Resource;
        LocalKey? key = keyId is null ? null : await FindLivingAsync(account, keyId, cancellationToken).ConfigureAwait(false);
        if (key is not null && key.Arn.Partition == partition)
        {
            return key;
        }

        // The owner of another account's key is told as little as KMS tells: a key that is not there and one that is denied look the same.
        throw isForeign
            ? AccessDeniedElsewhere(Action)
            : KmsFault.NotFound(identifier.IsAlias
                ? $"Alias arn:{partition}:kms:{region}:{account}:{identifier.Resource} is not found."
                : $"Key 'arn:{partition}:kms:{region}:{account}:key/{identifier.Resource}' does not exist");
    }

    /// <summary>Asks the key policy, and the role's policy where it counts.</summary>
    public void Authorize(LocalKey key, EncryptionContext? context = null, string? action = null, KeyIdentifier? identifier = null, params KeyValuePair<string, string>[] others)
    {
        bool isForeign = key.Arn.Account != caller.Account || key.Arn.Partition != caller.Partition;
        _isCallersAlone |= isForeign;
        KeyPolicy policy = store.ReadPolicy(_files.ReadPolicy(key));
        IReadOnlyList<PolicyDocument> rolePolicies = RolePolicies();
        var conditions = new List<KeyValuePair<string, string>>(others);
        conditions.AddRange(KeyConditions);
        if (identifier is { IsAlias: true })
        {
            conditions.Add(KeyValuePair.Create("kms:RequestAlias", identifier.Resource));
        }

        if (rolePolicies.Prepend(policy).Any(static document => document.UsesConditionKey("kms:ResourceAliases")))
        {
            conditions.AddRange(_files.ReadAliases(key.Arn.Account, key.Arn.Region)
                .Where(alias => alias.Value == key.Arn.KeyId)
                .Select(static alias => KeyValuePair.Create("kms:ResourceAliases", alias.Key)));
        }

        string asked = action ?? Action;
        PolicyDecision decision = PolicyEvaluator.Evaluate(
            new PolicyRequest(caller.Principal, asked, key.Arn, Conditions(context, conditions)), policy, rolePolicies);
        if (!decision.Allowed)
        {
            if (!isForeign)
            {
                AddResource(key.Arn);
            }

            throw isForeign && decision.DeniedBy == PolicyKind.KeyPolicy ? AccessDeniedElsewhere(asked) : AccessDenied(asked, key.Arn.Value, decision);
        }

        _isCallersAlone = false;
        AddResource(key.Arn);
    }

    /// <summary>Asks the role's policy alone, for what has no policy of its own.</summary>
    public void AuthorizeWithoutKey(string resource, params KeyValuePair<string, string>[] others) => AuthorizeWithoutKey(resource, Action, others);

    /// <summary>Asks the role's policy alone for an action that the call needs besides its own.</summary>
    public void AuthorizeWithoutKey(string resource, string action, params KeyValuePair<string, string>[] others)
    {
        PolicyDecision decision = PolicyEvaluator.EvaluateWithoutKey(
            new StatementRequest(caller.Principal, action, resource, Conditions(context: null, others)), RolePolicies());
        if (!decision.Allowed)
        {
            throw AccessDenied(action, resource, decision);
        }
    }

    /// <summary>
    /// Refuses a policy that is malformed, too large or not supported, and, without the bypass, one that would not let the
    /// caller put the next ("PutKeyPolicy" in the AWS KMS API Reference).
    /// </summary>
    public void RequireAcceptable(string policy, KeyArn key, bool bypassPolicyLockoutSafetyCheck)
    {
        int length = System.Text.Encoding.UTF8.GetByteCount(policy);
        if (length > KeyPolicy.MaxKeyPolicyBytes)
        {
            requestParameters["policy"] = null;
            throw new KmsFault("LimitExceededException", $"The key policy has {length} bytes; the limit is {KeyPolicy.MaxKeyPolicyBytes}.");
        }

        KeyPolicy parsed;
        try
        {
            parsed = KeyPolicy.Parse(policy);
        }
        catch (PolicyFormatException error)
        {
            throw KmsFault.MalformedPolicy(error.Message);
        }

        if (FindUnsupported(parsed, PolicyKind.KeyPolicy) is { } unsupported)
        {
            throw KmsFault.MalformedPolicy($"The key policy is not supported by the local KMS yet: {unsupported}.");
        }

        PolicyDecision next = PolicyEvaluator.Evaluate(
            new PolicyRequest(caller.Principal, "kms:PutKeyPolicy", key, Conditions(context: null, KeyConditions)), parsed, RolePolicies());
        if (!bypassPolicyLockoutSafetyCheck && !next.Allowed)
        {
            throw KmsFault.MalformedPolicy("The new key policy will not allow you to update the key policy in the future.");
        }
    }

    /// <summary>Adds a key or alias to the record.</summary>
    public void AddResource(string arn, string account) => _resources.Add(new AuditResource(account, KeyType, arn));

    /// <summary>Leaves the record of a call that is done.</summary>
    public KmsAuditEvent Succeed() => Record(fault: null);

    /// <summary>Leaves the record of a call that failed, and makes its exception.</summary>
    public KmsException Fail(KmsFault fault) => new(fault.ErrorCode, fault.Message, RequestId, Record(fault));

    /// <summary>Leaves the record of what KMS did of itself, such as RotateKey.</summary>
    public void RecordServiceEvent(string eventName, KeyArn key, JObject? details)
    {
        LocalTrail.Append(store, new KmsAuditEventBuilder
        {
            UserIdentity = new JObject { ["accountId"] = key.Account, ["invokedBy"] = LocalUserAgent },
            EventTime = Now,
            EventName = eventName,
            AwsRegion = key.Region,
            SourceIPAddress = LocalUserAgent,
            UserAgent = LocalUserAgent,
            ReadOnly = false,
            Resources = [new AuditResource(key.Account, KeyType, key.Value)],
            RecipientAccountId = key.Account,
            ServiceEventDetails = details,
        }.Build(), Now);
    }

    private void AddResource(KeyArn key) => AddResource(key.Value, key.Account);

    /// <summary>A key of this region by its id; null when there is none. One whose deletion date has passed is purged first.</summary>
    public async Task<LocalKey?> FindLivingAsync(string account, string keyId, CancellationToken cancellationToken)
    {
        LocalKey? key = _files.Find(account, region, keyId);
        if (key?.DeletionDate is not { } deletion || deletion > Now)
        {
            return key;
        }

        using StoreLock? held = IsLocked ? null : await StoreLock.AcquireAsync(store.Folder, cancellationToken).ConfigureAwait(false);
        LocalKey? still = _files.Find(account, region, keyId);
        if (still is null || still.DeletionDate is null || still.DeletionDate > Now)
        {
            // While this call waited for the lock, another purged the key, or cancelled its deletion.
            return still;
        }

        _files.Purge(still);
        RecordServiceEvent("DeleteKey", still.Arn, details: null);
        return null;
    }

    private IReadOnlyList<PolicyDocument> RolePolicies()
    {
        if (caller.Principal.IsAccountRoot || _files.ReadRolePolicy(caller.Principal.Identity) is not { } policy)
        {
            return [];
        }

        return FindUnsupported(policy, PolicyKind.IdentityPolicy) is { } unsupported
            ? throw new DataProtectionException(
                "RolePolicyUnsupported",
                FailureKind.InvalidData,
                $"\"{store.RolePolicyPath(caller.Principal.Identity)}\" is not supported by the local KMS yet: {unsupported}.")
            : [policy];
    }

    private static string? FindUnsupported(PolicyDocument policy, PolicyKind kind) =>
        PolicySupport.FindUnsupported(policy, kind)
        ?? (LocalConditionKeys.FindUnknown(policy) is { } key ? $"the condition key {key} is not known here" : null);

    private RequestConditions Conditions(EncryptionContext? context, IEnumerable<KeyValuePair<string, string>> others)
    {
        // Keys that every request of AWS has ("AWS global condition context keys", Availability), and those of role sessions:
        // without them a Deny that asks for one would let pass what AWS denies.
        IEnumerable<KeyValuePair<string, string>> session = caller.Principal.IsAccountRoot
            ? []
            :
            [
                KeyValuePair.Create("aws:TokenIssueTime", caller.Created.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture)),
                KeyValuePair.Create("aws:MultiFactorAuthPresent", "false"),
            ];
        string? service = ViaService.Of(caller.InvokedBy, region);
        return RequestConditions.For(
            caller.Principal,
            context,
            service,
            others.Concat(session).Concat(
            [
                KeyValuePair.Create("aws:CurrentTime", Now.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture)),
                KeyValuePair.Create("aws:EpochTime", new DateTimeOffset(Now).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                KeyValuePair.Create("aws:SecureTransport", _client.IsSecureTransport ? "true" : "false"),
                KeyValuePair.Create("aws:PrincipalType", caller.Principal.IsAccountRoot ? "Account" : "AssumedRole"),
                KeyValuePair.Create("aws:PrincipalIsAWSService", "false"),
                KeyValuePair.Create("aws:ViaAWSService", service is null ? "false" : "true"),
                KeyValuePair.Create("aws:RequestedRegion", region),
            ]));
    }

    // The wording of AWS: "Troubleshoot access denied error messages" in the IAM User Guide.
    private KmsFault AccessDenied(string action, string resource, PolicyDecision decision)
    {
        string policy = decision.DeniedBy == PolicyKind.KeyPolicy ? "resource-based" : "identity-based";
        string article = policy[0] == 'i' ? "an" : "a";
        return new KmsFault("AccessDeniedException", $"User: {caller} is not authorized to perform: {action} on resource: {resource} " +
            (decision.IsExplicitDeny ? $"with an explicit deny in {article} {policy} policy" : $"because no {policy} policy allows the {action} action"));
    }

    private KmsFault AccessDeniedElsewhere(string action)
    {
        _isCallersAlone = true;
        return new KmsFault("AccessDeniedException", $"User: {caller} is not authorized to perform: {action} on this resource because the resource " +
            "does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access");
    }

    private KmsAuditEvent Record(KmsFault? fault)
    {
        // CloudTrail writes the denial without the "Exception" of the API's error.
        string? errorCode = fault?.ErrorCode == "AccessDeniedException" ? "AccessDenied" : fault?.ErrorCode;
        string[] owners = [.. _resources.Select(static resource => resource.AccountId!).Where(owner => owner != caller.Account).Distinct()];

        // A call that is denied is recorded in the caller's account only ("Logging AWS KMS API calls with AWS CloudTrail").
        bool isShared = owners.Length > 0 && !_isCallersAlone;
        var record = new KmsAuditEventBuilder
        {
            UserIdentity = caller.ToUserIdentity(),
            EventTime = Now,
            EventName = operation.Name,
            AwsRegion = region,
            SourceIPAddress = caller.InvokedBy ?? _client.SourceAddress,
            UserAgent = caller.InvokedBy ?? _client.UserAgent,
            ErrorCode = errorCode,
            ErrorMessage = fault?.Message,
            RequestParameters = requestParameters,
            ResponseElements = fault is null ? ResponseElements : null,
            AdditionalEventData = AdditionalEventData,
            RequestId = RequestId,
            ReadOnly = operation.IsReadOnly,
            Resources = _resources,
            RecipientAccountId = caller.Account,
            SharedEventId = isShared ? Guid.NewGuid().ToString() : null,
        };
        KmsAuditEvent own = record.Build();
        LocalTrail.Append(store, own, Now);
        foreach (string owner in isShared ? owners : [])
        {
            LocalTrail.Append(
                store,
                (record with { UserIdentity = caller.ToForeignUserIdentity(), RecipientAccountId = owner }).Build(),
                Now);
        }

        return own;
    }
}
