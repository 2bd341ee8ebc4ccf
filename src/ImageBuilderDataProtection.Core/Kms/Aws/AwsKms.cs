using System.Security.Cryptography;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using ImageBuilderDataProtection.Audit;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// AWS KMS, as one session sees it. Each operation follows its page in the AWS KMS API Reference. The audit events are the
/// client's view: what was asked and answered, by whom, when.
/// </summary>
/// <param name="session">The clients and credentials, which other commands share.</param>
/// <param name="interaction">The time limit, and who is asked for an MFA code.</param>
internal sealed class AwsKms(AwsSession session, AwsInteraction interaction) : IKms
{
    private const int DataKeyBytes = 32;
    private const string Algorithm = "SYMMETRIC_DEFAULT";
    private const string PolicyName = "default";

    public string Region => session.Region;

    public async Task<GeneratedDataKey> GenerateDataKeyAsync(KeyIdentifier key, EncryptionContext context, CancellationToken cancellationToken)
    {
        var request = new GenerateDataKeyRequest { KeyId = key.Value, EncryptionContext = Pairs(context), NumberOfBytes = DataKeyBytes };
        (GenerateDataKeyResponse response, KmsAuditEvent audit) = await CallAsync(
            new Call("GenerateDataKey", key, Parameters(("encryptionContext", ToJson(context)), ("keyId", key.Value), ("numberOfBytes", DataKeyBytes))),
            (kms, stop) => kms.GenerateDataKeyAsync(request, stop),
            static answer => answer.KeyId,
            static answer => answer is { Plaintext.Length: DataKeyBytes, CiphertextBlob.Length: > 0 },
            static answer => _ = Take(answer.Plaintext),
            cancellationToken);
        return new GeneratedDataKey(KeyArn.Parse(response.KeyId), Take(response.Plaintext), response.CiphertextBlob.ToArray(), RequestId(response), audit);
    }

    public async Task<EncryptedData> EncryptAsync(
        KeyIdentifier key, ReadOnlyMemory<byte> plaintext, EncryptionContext context, CancellationToken cancellationToken)
    {
        byte[] copy = plaintext.ToArray();
        try
        {
            var request = new EncryptRequest { KeyId = key.Value, Plaintext = new MemoryStream(copy), EncryptionContext = Pairs(context) };
            (EncryptResponse response, KmsAuditEvent audit) = await CallAsync(
                new Call("Encrypt", key, Parameters(("encryptionContext", ToJson(context)), ("keyId", key.Value), ("encryptionAlgorithm", Algorithm))),
                (kms, stop) => kms.EncryptAsync(request, stop),
                static answer => answer.KeyId,
                static answer => answer.CiphertextBlob is { Length: > 0 },
                discard: null,
                cancellationToken);
            return new EncryptedData(KeyArn.Parse(response.KeyId), response.CiphertextBlob.ToArray(), RequestId(response), audit);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    public async Task<DecryptedData> DecryptAsync(
        KeyIdentifier key, ReadOnlyMemory<byte> ciphertextBlob, EncryptionContext context, CancellationToken cancellationToken)
    {
        var request = new DecryptRequest { KeyId = key.Value, CiphertextBlob = new MemoryStream(ciphertextBlob.ToArray()), EncryptionContext = Pairs(context) };
        (DecryptResponse response, KmsAuditEvent audit) = await CallAsync(
            new Call("Decrypt", key, Parameters(("encryptionContext", ToJson(context)), ("keyId", key.Value), ("encryptionAlgorithm", Algorithm))),
            (kms, stop) => kms.DecryptAsync(request, stop),
            static answer => answer.KeyId,
            static answer => answer.Plaintext is { Length: > 0 },
            static answer => _ = Take(answer.Plaintext),
            cancellationToken);
        return new DecryptedData(KeyArn.Parse(response.KeyId), Take(response.Plaintext), RequestId(response), audit);
    }

    public async Task<EncryptedData> ReEncryptAsync(
        KeyIdentifier sourceKey,
        ReadOnlyMemory<byte> ciphertextBlob,
        EncryptionContext sourceContext,
        KeyIdentifier destinationKey,
        EncryptionContext destinationContext,
        CancellationToken cancellationToken)
    {
        AwsRegions.RequireInPartition(destinationKey);
        var request = new ReEncryptRequest
        {
            SourceKeyId = sourceKey.Value,
            CiphertextBlob = new MemoryStream(ciphertextBlob.ToArray()),
            SourceEncryptionContext = Pairs(sourceContext),
            DestinationKeyId = destinationKey.Value,
            DestinationEncryptionContext = Pairs(destinationContext),
        };
        JObject parameters = Parameters(
            ("sourceEncryptionContext", ToJson(sourceContext)),
            ("sourceKeyId", sourceKey.Value),
            ("destinationEncryptionContext", ToJson(destinationContext)),
            ("destinationKeyId", destinationKey.Value));
        (ReEncryptResponse response, KmsAuditEvent audit) = await CallAsync(
            new Call("ReEncrypt", sourceKey, parameters),
            (kms, stop) => kms.ReEncryptAsync(request, stop),
            static answer => answer.SourceKeyId,
            static answer => answer.CiphertextBlob is { Length: > 0 } && KeyArn.TryParse(answer.KeyId, out _),
            discard: null,
            cancellationToken);
        return new EncryptedData(KeyArn.Parse(response.KeyId), response.CiphertextBlob.ToArray(), RequestId(response), audit);
    }

    public async Task<DescribedKey> CreateKeyAsync(
        string? policy, string? description, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken)
    {
        var request = new CreateKeyRequest { Policy = policy, Description = description, BypassPolicyLockoutSafetyCheck = bypassPolicyLockoutSafetyCheck };
        JObject parameters = Parameters(
            ("policy", policy), ("description", description), ("bypassPolicyLockoutSafetyCheck", bypassPolicyLockoutSafetyCheck));
        (CreateKeyResponse response, KmsAuditEvent audit) = await CallAsync(
            new Call("CreateKey", Key: null, parameters),
            (kms, stop) => kms.CreateKeyAsync(request, stop),
            static answer => answer.KeyMetadata?.Arn,
            isWhole: null,
            discard: null,
            cancellationToken);
        return new DescribedKey(Read(response.KeyMetadata), RequestId(response), audit);
    }

    public async Task<DescribedKey> DescribeKeyAsync(KeyIdentifier key, CancellationToken cancellationToken)
    {
        (DescribeKeyResponse response, KmsAuditEvent audit) = await CallAsync(
            new Call("DescribeKey", key, Parameters(("keyId", key.Value))),
            (kms, stop) => kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = key.Value }, stop),
            static answer => answer.KeyMetadata?.Arn,
            isWhole: null,
            discard: null,
            cancellationToken);
        return new DescribedKey(Read(response.KeyMetadata), RequestId(response), audit);
    }

    public Task<KmsAcknowledgement> CreateAliasAsync(string aliasName, KeyIdentifier targetKey, CancellationToken cancellationToken) => AcknowledgeAsync(
        new Call("CreateAlias", targetKey, Parameters(("aliasName", aliasName), ("targetKeyId", targetKey.Value))),
        (kms, stop) => kms.CreateAliasAsync(new CreateAliasRequest { AliasName = aliasName, TargetKeyId = targetKey.Value }, stop),
        cancellationToken);

    public Task<KmsAcknowledgement> DeleteAliasAsync(string aliasName, CancellationToken cancellationToken) => AcknowledgeAsync(
        new Call("DeleteAlias", Key: null, Parameters(("aliasName", aliasName))),
        (kms, stop) => kms.DeleteAliasAsync(new DeleteAliasRequest { AliasName = aliasName }, stop),
        cancellationToken);

    public async Task<ListedAliases> ListAliasesAsync(KeyIdentifier key, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var request = new ListAliasesRequest { KeyId = key.Value };
        var call = new Call("ListAliases", key, Parameters(("keyId", key.Value)));
        ListAliasesResponse response;
        KmsAuditEvent audit;
        do
        {
            (response, audit) = await CallAsync(
                call,
                (kms, stop) => kms.ListAliasesAsync(request, stop),
                keyOf: null,
                static answer => (answer.Aliases ?? []).TrueForAll(static alias => alias.AliasName is not null)
                    && (answer.Truncated is not true || !string.IsNullOrEmpty(answer.NextMarker)),
                discard: null,
                cancellationToken);
            names.AddRange((response.Aliases ?? []).Select(static alias => alias.AliasName));
            request.Marker = response.NextMarker;
        }
        while (response.Truncated is true);

        names.Sort(StringComparer.Ordinal);
        return new ListedAliases(names, RequestId(response), audit);
    }

    public async Task<ReadKeyPolicy> GetKeyPolicyAsync(KeyIdentifier key, CancellationToken cancellationToken)
    {
        (GetKeyPolicyResponse response, KmsAuditEvent audit) = await CallAsync(
            new Call("GetKeyPolicy", key, Parameters(("keyId", key.Value), ("policyName", PolicyName))),
            (kms, stop) => kms.GetKeyPolicyAsync(new GetKeyPolicyRequest { KeyId = key.Value, PolicyName = PolicyName }, stop),
            keyOf: null,
            static answer => answer.Policy is not null,
            discard: null,
            cancellationToken);
        return new ReadKeyPolicy(response.Policy, RequestId(response), audit);
    }

    public Task<KmsAcknowledgement> PutKeyPolicyAsync(
        KeyIdentifier key, string policy, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken)
    {
        var request = new PutKeyPolicyRequest
        {
            KeyId = key.Value,
            PolicyName = PolicyName,
            Policy = policy,
            BypassPolicyLockoutSafetyCheck = bypassPolicyLockoutSafetyCheck,
        };
        JObject parameters = Parameters(
            ("keyId", key.Value), ("policyName", PolicyName), ("policy", policy), ("bypassPolicyLockoutSafetyCheck", bypassPolicyLockoutSafetyCheck));
        return AcknowledgeAsync(new Call("PutKeyPolicy", key, parameters), (kms, stop) => kms.PutKeyPolicyAsync(request, stop), cancellationToken);
    }

    public Task<KmsAcknowledgement> EnableKeyRotationAsync(KeyIdentifier key, int rotationPeriodInDays, CancellationToken cancellationToken) => AcknowledgeAsync(
        new Call("EnableKeyRotation", key, Parameters(("keyId", key.Value), ("rotationPeriodInDays", rotationPeriodInDays))),
        (kms, stop) => kms.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = key.Value, RotationPeriodInDays = rotationPeriodInDays }, stop),
        cancellationToken);

    public async Task<RotationStatus> GetKeyRotationStatusAsync(KeyIdentifier key, CancellationToken cancellationToken)
    {
        (GetKeyRotationStatusResponse response, KmsAuditEvent audit) = await CallAsync(
            new Call("GetKeyRotationStatus", key, Parameters(("keyId", key.Value))),
            (kms, stop) => kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = key.Value }, stop),
            keyOf: null,
            static answer => answer.KeyRotationEnabled is not null,
            discard: null,
            cancellationToken);
        return new RotationStatus(response.KeyRotationEnabled is true, response.RotationPeriodInDays, RequestId(response), audit);
    }

    public Task<KmsAcknowledgement> RotateKeyOnDemandAsync(KeyIdentifier key, CancellationToken cancellationToken) => AcknowledgeAsync(
        new Call("RotateKeyOnDemand", key, Parameters(("keyId", key.Value))),
        (kms, stop) => kms.RotateKeyOnDemandAsync(new RotateKeyOnDemandRequest { KeyId = key.Value }, stop),
        cancellationToken);

    public Task<KmsAcknowledgement> EnableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) => AcknowledgeAsync(
        new Call("EnableKey", key, Parameters(("keyId", key.Value))),
        (kms, stop) => kms.EnableKeyAsync(new EnableKeyRequest { KeyId = key.Value }, stop),
        cancellationToken);

    public Task<KmsAcknowledgement> DisableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) => AcknowledgeAsync(
        new Call("DisableKey", key, Parameters(("keyId", key.Value))),
        (kms, stop) => kms.DisableKeyAsync(new DisableKeyRequest { KeyId = key.Value }, stop),
        cancellationToken);

    public Task<KmsAcknowledgement> ScheduleKeyDeletionAsync(KeyIdentifier key, int pendingWindowInDays, CancellationToken cancellationToken) => AcknowledgeAsync(
        new Call("ScheduleKeyDeletion", key, Parameters(("keyId", key.Value), ("pendingWindowInDays", pendingWindowInDays))),
        (kms, stop) => kms.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = key.Value, PendingWindowInDays = pendingWindowInDays }, stop),
        cancellationToken);

    public Task<KmsAcknowledgement> CancelKeyDeletionAsync(KeyIdentifier key, CancellationToken cancellationToken) => AcknowledgeAsync(
        new Call("CancelKeyDeletion", key, Parameters(("keyId", key.Value))),
        (kms, stop) => kms.CancelKeyDeletionAsync(new CancelKeyDeletionRequest { KeyId = key.Value }, stop),
        cancellationToken);

    private async Task<KmsAcknowledgement> AcknowledgeAsync<T>(
        Call call, Func<IAmazonKeyManagementService, CancellationToken, Task<T>> send, CancellationToken cancellationToken)
        where T : AmazonWebServiceResponse
    {
        (T response, KmsAuditEvent audit) = await CallAsync(call, send, keyOf: null, isWhole: null, discard: null, cancellationToken);
        return new KmsAcknowledgement(RequestId(response), audit);
    }

    /// <summary>Makes one call within the time limit, and the client's view of it.</summary>
    /// <param name="call">What is called.</param>
    /// <param name="send">Calls it.</param>
    /// <param name="keyOf">The key ARN in the answer; null where an answer has none.</param>
    /// <param name="isWhole">Whether the answer has what KMS always answers; null where nothing else is used.</param>
    /// <param name="discard">Clears what is secret in an answer that no one gets, be it that it comes too late or that it cannot be used.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async Task<(T Response, KmsAuditEvent Audit)> CallAsync<T>(
        Call call,
        Func<IAmazonKeyManagementService, CancellationToken, Task<T>> send,
        Func<T, string?>? keyOf,
        Func<T, bool>? isWhole,
        Action<T>? discard,
        CancellationToken cancellationToken)
        where T : AmazonWebServiceResponse
    {
        cancellationToken.ThrowIfCancellationRequested();
        string region = call.Key?.Region ?? session.Region;
        if (call.Key is not null)
        {
            AwsRegions.RequireInPartition(call.Key);
        }

        // Signing in may ask the user, who is given all the time there is.
        interaction.Begin();
        ImmutableCredentials credentials = await session.CredentialsAsync(cancellationToken);
        Task<AwsCaller?> caller = session.CallerAsync();
        TimeSpan timeout = interaction.Timeout;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        var view = new View(call, region, credentials, AwsCallTrace.Begin(), DateTimeOffset.UtcNow);
        Task<T>? sent = null;
        try
        {
            sent = send(session.Kms(region), limit.Token);
            T response = await sent.WaitAsync(limit.Token);
            string? key = keyOf?.Invoke(response);
            if ((keyOf is not null && !KeyArn.TryParse(key, out _)) || isWhole?.Invoke(response) is false)
            {
                throw AwsErrors.UnexpectedResponse(call.ToString());
            }

            return (response, view.Succeeded(await UnlessStoppedAsync(caller, cancellationToken), key, RequestId(response)));
        }
        catch (Exception error)
        {
            Abandon(sent, discard);
            if (error is DataProtectionException)
            {
                throw;
            }

            cancellationToken.ThrowIfCancellationRequested();
            AwsCaller? known = caller.IsCompletedSuccessfully ? caller.Result : null;
            throw AwsErrors.Translate(error, call.ToString(), session.Secrets, timeout, refusal => view.Refused(known, refusal, session.Secrets));
        }
    }

    // What KMS has done is done, and its answer, such as the name of a new key, is not thrown away for want of the caller's name.
    private static async Task<AwsCaller?> UnlessStoppedAsync(Task<AwsCaller?> caller, CancellationToken cancellationToken)
    {
        try
        {
            return await caller.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static void Abandon<T>(Task<T>? sent, Action<T>? discard)
    {
        if (sent is not null && discard is not null)
        {
            _ = sent.ContinueWith(
                late => discard(late.Result),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    private static KeyMetadata Read(Amazon.KeyManagementService.Model.KeyMetadata key) => new(
        KeyArn.Parse(key.Arn),
        Enum.TryParse(key.KeyState?.Value, out KeyState state) ? state : KeyState.Unavailable,
        key.Description ?? "",
        key.CreationDate?.ToUniversalTime() ?? DateTime.UnixEpoch,
        key.DeletionDate?.ToUniversalTime(),
        key.CurrentKeyMaterialId);

    private static Dictionary<string, string>? Pairs(EncryptionContext context) => context.Count == 0 ? null : new Dictionary<string, string>(context, StringComparer.Ordinal);

    // The SDK's own copy is cleared; the text it was read from is the runtime's to reclaim.
    private static byte[] Take(MemoryStream? secret)
    {
        if (secret is null)
        {
            return [];
        }

        byte[] taken = secret.ToArray();
        if (secret.TryGetBuffer(out ArraySegment<byte> buffer))
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
        else if (secret.CanWrite)
        {
            secret.Position = 0;
            secret.Write(new byte[taken.Length]);
        }

        return taken;
    }

    private static string RequestId(AmazonWebServiceResponse response) => response.ResponseMetadata?.RequestId ?? "";

    private static JObject Parameters(params (string Name, JToken? Value)[] parameters) =>
        new(parameters.Where(static parameter => parameter.Value is not (null or JValue { Value: null })).Select(static parameter => new JProperty(parameter.Name, parameter.Value)));

    private static JObject? ToJson(EncryptionContext context) =>
        context.Count == 0 ? null : new JObject(context.Select(static pair => new JProperty(pair.Key, pair.Value)));

    /// <summary>One operation with its parameters, none of them secret.</summary>
    private sealed record Call(string Operation, KeyIdentifier? Key, JObject Parameters)
    {
        public override string ToString() => Key is null ? Operation : $"{Operation} with {Key}";
    }

    /// <summary>What is known of a call before its answer.</summary>
    private sealed record View(Call Call, string Region, ImmutableCredentials Credentials, AwsCallTrace Trace, DateTimeOffset Time)
    {
        public KmsAuditEvent Succeeded(AwsCaller? caller, string? key, string requestId) =>
            (Compose(caller) with { Key = KeyOf(key), RequestId = requestId }).Build();

        public KmsAuditEvent Refused(AwsCaller? caller, AmazonServiceException refusal, AwsSecrets secrets) => (Compose(caller) with
        {
            Key = KeyOf(null),
            RequestId = refusal.RequestId,
            ErrorCode = refusal.ErrorCode,
            ErrorMessage = secrets.Redact(refusal.Message),
        }).Build();

        private KeyArn? KeyOf(string? answered) => KeyArn.TryParse(answered ?? Call.Key?.Value, out KeyArn? arn) ? arn : null;

        private ClientAuditEvent Compose(AwsCaller? caller) => new()
        {
            EventName = Call.Operation,
            EventTime = Time,
            AwsRegion = Region,
            UserIdentity = caller?.ToUserIdentity(Credentials.AccessKey) ?? new JObject { ["accessKeyId"] = Credentials.AccessKey },
            RequestParameters = (JObject)Call.Parameters.DeepClone(),
            UserAgent = Trace.UserAgent,
        };
    }
}
