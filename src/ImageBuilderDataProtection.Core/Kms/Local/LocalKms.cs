using System.Collections.ObjectModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// The operations of the local KMS, as one caller sees them from one region. Each follows its page in the AWS KMS API
/// Reference; what a key may be used for in which state is "Key states of AWS KMS keys" in the AWS KMS Developer Guide.
/// </summary>
internal sealed partial class LocalKms(LocalKmsStore store, LocalCaller caller, string region, LocalClient? client) : IKms
{
    private const int MaxPlaintextBytes = 4096;
    private const int MaxCiphertextBytes = 6144;
    private const int MaxEncryptionContextBytes = 8192;
    private const int MaxDescriptionCharacters = 8192;
    private const int MinRotationDays = 90;
    private const int MaxRotationDays = 2560;
    private const int MinPendingDays = 7;
    private const int MaxPendingDays = 30;
    private const int MaxTags = 50;
    private const int MaxTagKeyCharacters = 128;
    private const int MaxTagValueCharacters = 256;

    /// <summary>"Quotas" in the AWS KMS Developer Guide: on-demand rotations of one key.</summary>
    private const int MaxOnDemandRotations = 25;

    private const string Algorithm = "SYMMETRIC_DEFAULT";
    private const string PolicyName = "default";
    private const string KeyResponseTime = "MMM d, yyyy, h:mm:ss tt";

    private static readonly KeyValuePair<string, string> AlgorithmCondition = KeyValuePair.Create("kms:EncryptionAlgorithm", Algorithm);

    public string Region => region;

    public Task<GeneratedDataKey> GenerateDataKeyAsync(KeyIdentifier key, EncryptionContext context, CancellationToken cancellationToken) =>
        GenerateDataKeyAsync(LocalKmsOperation.GenerateDataKey, key, DataKeySize.Default, context, cancellationToken);

    /// <summary>GenerateDataKey or GenerateDataKeyWithoutPlaintext, which differ in what the policies allow and the record says.</summary>
    public Task<GeneratedDataKey> GenerateDataKeyAsync(
        LocalKmsOperation operation, KeyIdentifier key, DataKeySize size, EncryptionContext context, CancellationToken cancellationToken)
    {
        (string Name, JToken? Value) length = size.KeySpec is null ? ("numberOfBytes", size.Bytes) : ("keySpec", size.KeySpec);
        JObject parameters = Parameters(("encryptionContext", ToJson(context)), ("keyId", key.Value), length);
        return CallAsync(operation, key, parameters, async call =>
        {
            RequireContext(context);
            RequireRange(size.Bytes, 1, DataKeySize.MaxBytes, "numberOfBytes");
            LocalKey used = await FindAuthorizedAsync(call, key, context, cancellationToken).ConfigureAwait(false);
            used = await RequireUsableAsync(call, used, cancellationToken).ConfigureAwait(false);
            byte[] dataKey = RandomNumberGenerator.GetBytes(size.Bytes);
            try
            {
                byte[] blob = Seal(call, used, dataKey, context);
                call.AdditionalEventData = new JObject { ["keyMaterialId"] = used.CurrentKeyMaterialId };
                return new GeneratedDataKey(used.Arn, dataKey, blob, call.RequestId, call.Succeed());
            }
            catch
            {
                CryptographicOperations.ZeroMemory(dataKey);
                throw;
            }
        }, cancellationToken);
    }

    public Task<EncryptedData> EncryptAsync(KeyIdentifier key, ReadOnlyMemory<byte> plaintext, EncryptionContext context, CancellationToken cancellationToken)
    {
        JObject parameters = Parameters(("encryptionContext", ToJson(context)), ("keyId", key.Value), ("encryptionAlgorithm", Algorithm));
        return CallAsync(LocalKmsOperation.Encrypt, key, parameters, async call =>
        {
            RequireContext(context);
            RequireLength(plaintext.Length, MaxPlaintextBytes, "plaintext");
            LocalKey used = await FindAuthorizedAsync(call, key, context, cancellationToken).ConfigureAwait(false);
            used = await RequireUsableAsync(call, used, cancellationToken).ConfigureAwait(false);
            byte[] blob = Seal(call, used, plaintext.Span, context);
            call.AdditionalEventData = new JObject { ["keyMaterialId"] = used.CurrentKeyMaterialId };
            return new EncryptedData(used.Arn, blob, call.RequestId, call.Succeed());
        }, cancellationToken);
    }

    public Task<DecryptedData> DecryptAsync(KeyIdentifier key, ReadOnlyMemory<byte> ciphertextBlob, EncryptionContext context, CancellationToken cancellationToken) =>
        DecryptNamedAsync(key, ciphertextBlob, context, cancellationToken);

    /// <summary>Decrypt, also without a key: then the ciphertext tells it.</summary>
    public Task<DecryptedData> DecryptNamedAsync(KeyIdentifier? key, ReadOnlyMemory<byte> ciphertextBlob, EncryptionContext context, CancellationToken cancellationToken)
    {
        JObject parameters = Parameters(("keyId", key?.Value), ("encryptionAlgorithm", Algorithm), ("encryptionContext", ToJson(context)));
        return CallAsync(LocalKmsOperation.Decrypt, key, parameters, async call =>
        {
            RequireContext(context);
            RequireLength(ciphertextBlob.Length, MaxCiphertextBytes, "ciphertextBlob");
            LocalKey used = await FindAuthorizedAsync(call, key ?? KeyOf(call, ciphertextBlob.Span), context, cancellationToken).ConfigureAwait(false);
            RequireEnabled(used);
            (byte[] plaintext, string materialId) = Open(call, used, ciphertextBlob.Span, context);
            try
            {
                call.AdditionalEventData = new JObject { ["keyMaterialId"] = materialId };
                return new DecryptedData(used.Arn, plaintext, call.RequestId, call.Succeed());
            }
            catch
            {
                CryptographicOperations.ZeroMemory(plaintext);
                throw;
            }
        }, cancellationToken);
    }

    public Task<EncryptedData> ReEncryptAsync(
        KeyIdentifier sourceKey,
        ReadOnlyMemory<byte> ciphertextBlob,
        EncryptionContext sourceContext,
        KeyIdentifier destinationKey,
        EncryptionContext destinationContext,
        CancellationToken cancellationToken) =>
        ReEncryptNamedAsync(sourceKey, ciphertextBlob, sourceContext, destinationKey, destinationContext, cancellationToken);

    /// <summary>ReEncrypt, also without a source key: then the ciphertext tells it.</summary>
    public Task<EncryptedData> ReEncryptNamedAsync(
        KeyIdentifier? namedSource,
        ReadOnlyMemory<byte> ciphertextBlob,
        EncryptionContext sourceContext,
        KeyIdentifier destinationKey,
        EncryptionContext destinationContext,
        CancellationToken cancellationToken)
    {
        JObject parameters = Parameters(
            ("sourceEncryptionAlgorithm", Algorithm),
            ("sourceKeyId", namedSource?.Value),
            ("sourceEncryptionContext", ToJson(sourceContext)),
            ("destinationKeyId", destinationKey.Value),
            ("destinationEncryptionAlgorithm", Algorithm),
            ("destinationEncryptionContext", ToJson(destinationContext)));
        return CallAsync(LocalKmsOperation.ReEncrypt, namedSource, parameters, async call =>
        {
            RequireContext(sourceContext);
            RequireContext(destinationContext);
            RequireLength(ciphertextBlob.Length, MaxCiphertextBytes, "ciphertextBlob");
            KeyIdentifier sourceKey = namedSource ?? KeyOf(call, ciphertextBlob.Span);
            LocalKey source = await call.FindKeyAsync(sourceKey, cancellationToken).ConfigureAwait(false);
            LocalKey destination = await call.FindKeyAsync(destinationKey, cancellationToken).ConfigureAwait(false);
            KeyValuePair<string, string> isSame = KeyValuePair.Create("kms:ReEncryptOnSameKey", source.Arn == destination.Arn ? "true" : "false");
            call.Authorize(source, sourceContext, "kms:ReEncryptFrom", sourceKey, AlgorithmCondition, isSame);
            call.Authorize(destination, destinationContext, "kms:ReEncryptTo", destinationKey, AlgorithmCondition, isSame);
            RequireEnabled(source);
            destination = await RequireUsableAsync(call, destination, cancellationToken).ConfigureAwait(false);
            (byte[] plaintext, string sourceMaterialId) = Open(call, source, ciphertextBlob.Span, sourceContext);
            try
            {
                byte[] blob = Seal(call, destination, plaintext, destinationContext);
                call.AdditionalEventData = new JObject
                {
                    ["destinationKeyMaterialId"] = destination.CurrentKeyMaterialId,
                    ["sourceKeyMaterialId"] = sourceMaterialId,
                };
                return new EncryptedData(destination.Arn, blob, call.RequestId, call.Succeed());
            }
            finally
            {
                CryptographicOperations.ZeroMemory(plaintext);
            }
        }, cancellationToken);
    }

    public Task<DescribedKey> CreateKeyAsync(string? policy, string? description, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken) =>
        CreateKeyAsync(policy, description, bypassPolicyLockoutSafetyCheck, tags: [], cancellationToken);

    /// <summary>CreateKey with tags.</summary>
    public Task<DescribedKey> CreateKeyAsync(
        string? policy, string? description, bool bypassPolicyLockoutSafetyCheck, IReadOnlyList<KeyValuePair<string, string>> tags, CancellationToken cancellationToken)
    {
        policy ??= KeyPolicy.Default(PrincipalArn.AccountRoot(caller.Partition, caller.Account)).ToJson();
        description ??= "";
        JObject parameters = Parameters(
            ("policy", policy),
            ("description", description),
            ("keyUsage", "ENCRYPT_DECRYPT"),
            ("customerMasterKeySpec", Algorithm),
            ("origin", "AWS_KMS"),
            ("tags", tags.Count == 0 ? null : ToJson(tags)),
            ("bypassPolicyLockoutSafetyCheck", bypassPolicyLockoutSafetyCheck),
            ("keySpec", Algorithm));
        return CallAsync(LocalKmsOperation.CreateKey, identifier: null, parameters, call =>
        {
            if (description.Length > MaxDescriptionCharacters)
            {
                parameters["description"] = null;
                throw KmsFault.Validation($"The description has {description.Length} characters; the limit is {MaxDescriptionCharacters}.");
            }

            call.AuthorizeWithoutKey("*", [.. LocalKmsCall.KeyConditions, Bypass(bypassPolicyLockoutSafetyCheck)]);
            if (tags.Count > 0)
            {
                // "Tagging keys" in the AWS KMS Developer Guide: a key is made with tags by who may tag it.
                call.AuthorizeWithoutKey("*", "kms:TagResource");
            }

            var key = new LocalKey(
                KeyArn.Create(caller.Partition, region, caller.Account, Guid.NewGuid().ToString()),
                KeyState.Enabled,
                description,
                call.Now,
                DeletionDate: null,
                LocalKeyFiles.NewMaterialId(),
                Rotation: null,
                OnDemandRotations: 0)
            {
                Tags = Merge(ReadOnlyDictionary<string, string>.Empty, tags),
            };
            call.RequireAcceptable(policy, key.Arn, bypassPolicyLockoutSafetyCheck);
            call.Files.CreateFolder(key);
            call.Files.WriteMaterial(key, key.CurrentKeyMaterialId);
            call.Files.WritePolicy(key, policy);
            call.Files.Write(key);
            call.AddResource(key.Arn.Value, key.Arn.Account);
            call.ResponseElements = new JObject
            {
                ["keyMetadata"] = new JObject
                {
                    ["aWSAccountId"] = key.Arn.Account,
                    ["keyId"] = key.Arn.KeyId,
                    ["arn"] = key.Arn.Value,
                    ["creationDate"] = ResponseTime(key.CreationDate),
                    ["enabled"] = true,
                    ["description"] = description,
                    ["keyUsage"] = "ENCRYPT_DECRYPT",
                    ["keyState"] = "Enabled",
                    ["origin"] = "AWS_KMS",
                    ["keyManager"] = "CUSTOMER",
                    ["customerMasterKeySpec"] = Algorithm,
                    ["keySpec"] = Algorithm,
                    ["encryptionAlgorithms"] = new JArray(Algorithm),
                    ["multiRegion"] = false,
                    ["currentKeyMaterialId"] = key.CurrentKeyMaterialId,
                },
            };
            return Task.FromResult(new DescribedKey(key.ToMetadata(), call.RequestId, call.Succeed()));
        }, cancellationToken);
    }

    public Task<DescribedKey> DescribeKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        CallAsync(LocalKmsOperation.DescribeKey, key, Parameters(("keyId", key.Value)), async call =>
        {
            LocalKey described = await FindAuthorizedAsync(call, key, context: null, cancellationToken).ConfigureAwait(false);
            return new DescribedKey(described.ToMetadata(), call.RequestId, call.Succeed());
        }, cancellationToken);

    public Task<KmsAcknowledgement> CreateAliasAsync(string aliasName, KeyIdentifier targetKey, CancellationToken cancellationToken) =>
        AcknowledgeAsync(LocalKmsOperation.CreateAlias, targetKey, Parameters(("aliasName", aliasName), ("targetKeyId", targetKey.Value)), (call, key) =>
        {
            RequireAliasName(aliasName);
            string aliasArn = AliasArn(key.Arn.Partition, call.Region, key.Arn.Account, aliasName);
            call.AuthorizeWithoutKey(aliasArn);
            RequireNotPendingDeletion(key);
            SortedDictionary<string, string> aliases = call.Files.ReadAliases(key.Arn.Account, call.Region);
            if (!aliases.TryAdd(aliasName, key.Arn.KeyId))
            {
                throw new KmsFault("AlreadyExistsException", $"An alias with the name {aliasArn} already exists");
            }

            call.Files.WriteAliases(key.Arn.Account, call.Region, aliases);
            call.AddResource(aliasArn, key.Arn.Account);
            return key;
        }, cancellationToken);

    public Task<KmsAcknowledgement> DeleteAliasAsync(string aliasName, CancellationToken cancellationToken)
    {
        JObject parameters = Parameters(("aliasName", aliasName));
        return CallLockedAsync(LocalKmsOperation.DeleteAlias, identifier: null, parameters, async call =>
        {
            RequireAliasName(aliasName);
            string aliasArn = AliasArn(caller.Partition, region, caller.Account, aliasName);
            LocalKey key = await call.FindKeyAsync(KeyIdentifier.Parse(aliasName), cancellationToken).ConfigureAwait(false);
            call.AuthorizeWithoutKey(aliasArn);
            call.AddResource(aliasArn, caller.Account);
            call.Authorize(key);
            SortedDictionary<string, string> aliases = call.Files.ReadAliases(caller.Account, region);
            aliases.Remove(aliasName);
            call.Files.WriteAliases(caller.Account, region, aliases);
            return new KmsAcknowledgement(call.RequestId, call.Succeed());
        }, cancellationToken);
    }

    public async Task<ListedAliases> ListAliasesAsync(KeyIdentifier key, CancellationToken cancellationToken)
    {
        ListedAliasEntries listed = await ListAliasesAsync(key, page: default, cancellationToken).ConfigureAwait(false);
        return new ListedAliases([.. listed.Aliases.Select(static alias => alias.Key)], listed.RequestId, listed.AuditEvent);
    }

    /// <summary>ListAliases of one key, or of all when it is null. The page is for the record; the answer is the whole list.</summary>
    public Task<ListedAliasEntries> ListAliasesAsync(KeyIdentifier? key, ListPage page, CancellationToken cancellationToken) =>
        CallAsync(LocalKmsOperation.ListAliases, key, Parameters(("keyId", key?.Value), ("limit", page.Limit), ("marker", page.Marker)), async call =>
        {
            call.AuthorizeWithoutKey("*");
            LocalKey? listed = key is null ? null : await call.FindKeyAsync(key, cancellationToken).ConfigureAwait(false);
            string account = listed?.Arn.Account ?? caller.Account;
            KeyValuePair<string, string>[] aliases =
            [
                .. call.Files.ReadAliases(account, call.Region).Where(alias => listed is null || alias.Value == listed.Arn.KeyId),
            ];
            return new ListedAliasEntries(aliases, account, call.RequestId, call.Succeed());
        }, cancellationToken);

    /// <summary>ListKeys. The page is for the record; the answer is the whole list.</summary>
    public Task<ListedKeys> ListKeysAsync(ListPage page, CancellationToken cancellationToken) =>
        CallAsync(LocalKmsOperation.ListKeys, identifier: null, Parameters(("limit", page.Limit), ("marker", page.Marker)), async call =>
        {
            call.AuthorizeWithoutKey("*");
            var keys = new List<KeyArn>();
            foreach (string keyId in call.Files.KeyIds(caller.Account, region))
            {
                if (await call.FindLivingAsync(caller.Account, keyId, cancellationToken).ConfigureAwait(false) is { } key && key.Arn.Partition == caller.Partition)
                {
                    keys.Add(key.Arn);
                }
            }

            return new ListedKeys(keys, call.RequestId, call.Succeed());
        }, cancellationToken);

    /// <summary>TagResource.</summary>
    public Task<ChangedKey> TagResourceAsync(KeyIdentifier key, IReadOnlyList<KeyValuePair<string, string>> tags, CancellationToken cancellationToken) =>
        ChangeAsync(LocalKmsOperation.TagResource, key, Parameters(("keyId", key.Value), ("tags", ToJson(tags))), (call, changed) =>
        {
            RequireNotPendingDeletion(changed);
            return call.Files.Write(changed with { Tags = Merge(changed.Tags, tags) });
        }, cancellationToken);

    /// <summary>UntagResource. A tag that is not there is no error, as in KMS.</summary>
    public Task<ChangedKey> UntagResourceAsync(KeyIdentifier key, IReadOnlyList<string> tagKeys, CancellationToken cancellationToken) =>
        ChangeAsync(LocalKmsOperation.UntagResource, key, Parameters(("keyId", key.Value), ("tagKeys", new JArray(tagKeys))), (call, changed) =>
        {
            RequireNotPendingDeletion(changed);
            var tags = new SortedDictionary<string, string>(changed.Tags.ToDictionary(), StringComparer.Ordinal);
            foreach (string tagKey in tagKeys)
            {
                tags.Remove(tagKey);
            }

            return call.Files.Write(changed with { Tags = tags });
        }, cancellationToken);

    /// <summary>ListResourceTags. The page is for the record; the answer is the whole list.</summary>
    public Task<ListedTags> ListResourceTagsAsync(KeyIdentifier key, ListPage page, CancellationToken cancellationToken) =>
        CallAsync(LocalKmsOperation.ListResourceTags, key, Parameters(("keyId", key.Value), ("limit", page.Limit), ("marker", page.Marker)), async call =>
        {
            LocalKey read = await FindAuthorizedAsync(call, key, context: null, cancellationToken).ConfigureAwait(false);
            return new ListedTags([.. read.Tags], call.RequestId, call.Succeed());
        }, cancellationToken);

    public Task<ReadKeyPolicy> GetKeyPolicyAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        CallAsync(LocalKmsOperation.GetKeyPolicy, key, Parameters(("keyId", key.Value), ("policyName", PolicyName)), async call =>
        {
            LocalKey read = await FindAuthorizedAsync(call, key, context: null, cancellationToken).ConfigureAwait(false);
            string policy = call.Files.ReadPolicy(read);
            return new ReadKeyPolicy(policy, call.RequestId, call.Succeed());
        }, cancellationToken);

    public Task<KmsAcknowledgement> PutKeyPolicyAsync(KeyIdentifier key, string policy, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        JObject parameters = Parameters(
            ("keyId", key.Value), ("policyName", PolicyName), ("policy", policy), ("bypassPolicyLockoutSafetyCheck", bypassPolicyLockoutSafetyCheck));
        return AcknowledgeAsync(LocalKmsOperation.PutKeyPolicy, key, parameters, (call, changed) =>
        {
            call.RequireAcceptable(policy, changed.Arn, bypassPolicyLockoutSafetyCheck);
            call.Files.WritePolicy(changed, policy);
            return changed;
        }, cancellationToken, Bypass(bypassPolicyLockoutSafetyCheck));
    }

    public Task<KmsAcknowledgement> EnableKeyRotationAsync(KeyIdentifier key, int rotationPeriodInDays, CancellationToken cancellationToken) =>
        AcknowledgeAsync(LocalKmsOperation.EnableKeyRotation, key, Parameters(("keyId", key.Value), ("rotationPeriodInDays", rotationPeriodInDays)), (call, changed) =>
        {
            RequireRange(rotationPeriodInDays, MinRotationDays, MaxRotationDays, "rotationPeriodInDays");
            RequireEnabled(changed);
            return call.Files.Write(changed with { Rotation = new LocalKeyRotation(rotationPeriodInDays, call.Now.AddDays(rotationPeriodInDays)) });
        }, cancellationToken);

    public Task<RotationStatus> GetKeyRotationStatusAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        CallAsync(LocalKmsOperation.GetKeyRotationStatus, key, Parameters(("keyId", key.Value)), async call =>
        {
            LocalKey read = await FindAuthorizedAsync(call, key, context: null, cancellationToken).ConfigureAwait(false);

            // A key that is to be deleted does not rotate; the setting is back when the deletion is cancelled.
            LocalKeyRotation? rotation = read.State == KeyState.PendingDeletion ? null : read.Rotation;
            return new RotationStatus(rotation is not null, rotation?.PeriodInDays, call.RequestId, call.Succeed());
        }, cancellationToken);

    public async Task<KmsAcknowledgement> RotateKeyOnDemandAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        (await RotateOnDemandAsync(key, cancellationToken).ConfigureAwait(false)).ToAcknowledgement();

    /// <summary>RotateKeyOnDemand, with the key as it is afterwards.</summary>
    public Task<ChangedKey> RotateOnDemandAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        ChangeAsync(LocalKmsOperation.RotateKeyOnDemand, key, Parameters(("keyId", key.Value)), (call, changed) =>
        {
            RequireEnabled(changed);
            if (changed.OnDemandRotations >= MaxOnDemandRotations)
            {
                throw new KmsFault("LimitExceededException", $"{changed.Arn} was rotated on demand {MaxOnDemandRotations} times, which is the limit.");
            }

            call.ResponseElements = new JObject { ["keyId"] = changed.Arn.KeyId };
            return Rotate(call, changed with { OnDemandRotations = changed.OnDemandRotations + 1 }, "ON_DEMAND");
        }, cancellationToken);

    public Task<KmsAcknowledgement> EnableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        ChangeStateAsync(LocalKmsOperation.EnableKey, key, KeyState.Enabled, cancellationToken);

    public Task<KmsAcknowledgement> DisableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        ChangeStateAsync(LocalKmsOperation.DisableKey, key, KeyState.Disabled, cancellationToken);

    public async Task<KmsAcknowledgement> ScheduleKeyDeletionAsync(KeyIdentifier key, int pendingWindowInDays, CancellationToken cancellationToken) =>
        (await ScheduleDeletionAsync(key, pendingWindowInDays, cancellationToken).ConfigureAwait(false)).ToAcknowledgement();

    /// <summary>ScheduleKeyDeletion, with the key as it is afterwards.</summary>
    public Task<ChangedKey> ScheduleDeletionAsync(KeyIdentifier key, int pendingWindowInDays, CancellationToken cancellationToken) =>
        ChangeAsync(LocalKmsOperation.ScheduleKeyDeletion, key, Parameters(("keyId", key.Value), ("pendingWindowInDays", pendingWindowInDays)), (call, changed) =>
        {
            RequireRange(pendingWindowInDays, MinPendingDays, MaxPendingDays, "pendingWindowInDays");
            RequireNotPendingDeletion(changed);
            DateTime deletion = call.Now.AddDays(pendingWindowInDays);
            call.ResponseElements = new JObject
            {
                ["keyId"] = changed.Arn.Value,
                ["deletionDate"] = ResponseTime(deletion),
                ["keyState"] = nameof(KeyState.PendingDeletion),
                ["pendingWindowInDays"] = pendingWindowInDays,
            };
            return call.Files.Write(changed with { State = KeyState.PendingDeletion, DeletionDate = deletion });
        }, cancellationToken);

    public async Task<KmsAcknowledgement> CancelKeyDeletionAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        (await CancelDeletionAsync(key, cancellationToken).ConfigureAwait(false)).ToAcknowledgement();

    /// <summary>CancelKeyDeletion, with the key as it is afterwards.</summary>
    public Task<ChangedKey> CancelDeletionAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        ChangeAsync(LocalKmsOperation.CancelKeyDeletion, key, Parameters(("keyId", key.Value)), (call, changed) =>
        {
            if (changed.State != KeyState.PendingDeletion)
            {
                throw new KmsFault("KMSInvalidStateException", $"{changed.Arn} is not pending deletion.");
            }

            call.ResponseElements = new JObject { ["keyId"] = changed.Arn.Value };
            return call.Files.Write(changed with { State = KeyState.Disabled, DeletionDate = null });
        }, cancellationToken);

    private Task<KmsAcknowledgement> ChangeStateAsync(LocalKmsOperation operation, KeyIdentifier key, KeyState state, CancellationToken cancellationToken) =>
        AcknowledgeAsync(operation, key, Parameters(("keyId", key.Value)), (call, changed) =>
        {
            RequireNotPendingDeletion(changed);
            return call.Files.Write(changed with { State = state });
        }, cancellationToken);

    /// <summary>The ARN of an alias of this region.</summary>
    public string AliasArn(string account, string aliasName) => AliasArn(caller.Partition, region, account, aliasName);

    /// <summary>Asks the role's policy for what is no operation of KMS, and so leaves no record here.</summary>
    /// <exception cref="KmsException">The policy does not allow it.</exception>
    public void RequireAllowed(string action)
    {
        try
        {
            new LocalKmsCall(store, caller, region, client, LocalKmsOperation.DescribeKey, []).AuthorizeWithoutKey("*", action);
        }
        catch (KmsFault fault)
        {
            throw new KmsException(fault.ErrorCode, fault.Message, requestId: null);
        }
    }

    private async Task<KmsAcknowledgement> AcknowledgeAsync(
        LocalKmsOperation operation, KeyIdentifier key, JObject parameters, Func<LocalKmsCall, LocalKey, LocalKey> change, CancellationToken cancellationToken, params KeyValuePair<string, string>[] conditions) =>
        (await ChangeAsync(operation, key, parameters, change, cancellationToken, conditions).ConfigureAwait(false)).ToAcknowledgement();

    /// <summary>A call that changes one key, found and authorised, under the lock.</summary>
    private Task<ChangedKey> ChangeAsync(
        LocalKmsOperation operation, KeyIdentifier key, JObject parameters, Func<LocalKmsCall, LocalKey, LocalKey> change, CancellationToken cancellationToken, params KeyValuePair<string, string>[] conditions) =>
        CallLockedAsync(operation, key, parameters, async call =>
        {
            LocalKey changed = await call.FindKeyAsync(key, cancellationToken).ConfigureAwait(false);
            call.Authorize(changed, others: conditions);
            return new ChangedKey(change(call, changed), call.RequestId, call.Succeed());
        }, cancellationToken);

    private async Task<T> CallLockedAsync<T>(
        LocalKmsOperation operation, KeyIdentifier? identifier, JObject parameters, Func<LocalKmsCall, Task<T>> body, CancellationToken cancellationToken)
    {
        try
        {
            store.RequireCreated();
            using StoreLock held = await StoreLock.AcquireAsync(store.Folder, cancellationToken).ConfigureAwait(false);
            return await CallAsync(operation, identifier, parameters, body, cancellationToken, isLocked: true).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw store.Unusable(error);
        }
    }

    private async Task<T> CallAsync<T>(
        LocalKmsOperation operation, KeyIdentifier? identifier, JObject parameters, Func<LocalKmsCall, Task<T>> body, CancellationToken cancellationToken, bool isLocked = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            Prepare(operation);

            // A client of ours goes to the region of an ARN; what came over the network was sent to this one.
            string asked = client is null ? identifier?.Region ?? region : region;
            var call = new LocalKmsCall(store, caller, asked, client, operation, parameters) { IsLocked = isLocked };
            try
            {
                return await body(call).ConfigureAwait(false);
            }
            catch (KmsFault fault)
            {
                throw call.Fail(fault);
            }
            catch (DataProtectionException error)
            {
                // Not KMS's refusal but the store's own trouble, such as a damaged file: the call is in the trail all the same.
                _ = call.Fail(new KmsFault("KMSInternalException", error.Message));
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw store.Unusable(error);
        }
    }

    // Only making a key makes a store: a folder that was named wrongly is to be told, not filled.
    private void Prepare(LocalKmsOperation operation)
    {
        if (operation == LocalKmsOperation.CreateKey)
        {
            store.EnsureCreated();
        }
        else
        {
            store.RequireCreated();
        }
    }

    private static async Task<LocalKey> FindAuthorizedAsync(LocalKmsCall call, KeyIdentifier identifier, EncryptionContext? context, CancellationToken cancellationToken)
    {
        LocalKey key = await call.FindKeyAsync(identifier, cancellationToken).ConfigureAwait(false);
        call.Authorize(key, context, action: null, identifier, context is null ? [] : [AlgorithmCondition]);
        return key;
    }

    /// <summary>Refuses a key that may not encrypt now, and rotates one that is due.</summary>
    private async Task<LocalKey> RequireUsableAsync(LocalKmsCall call, LocalKey key, CancellationToken cancellationToken)
    {
        RequireEnabled(key);
        if (key.Rotation is not { } rotation || rotation.NextRotation > call.Now)
        {
            return key;
        }

        using StoreLock held = await StoreLock.AcquireAsync(store.Folder, cancellationToken).ConfigureAwait(false);
        LocalKey current = call.Files.Find(key.Arn.Account, key.Arn.Region, key.Arn.KeyId) ?? throw KmsFault.NotFound($"Key '{key.Arn}' does not exist");
        RequireEnabled(current);
        return current.Rotation is { } due && due.NextRotation <= call.Now
            ? Rotate(call, current with { Rotation = due with { NextRotation = call.Now.AddDays(due.PeriodInDays) } }, "AUTOMATIC")
            : current;
    }

    private static LocalKey Rotate(LocalKmsCall call, LocalKey key, string type)
    {
        LocalKey rotated = key with { CurrentKeyMaterialId = call.Files.CreateMaterial(key) };
        call.Files.Write(rotated);
        call.RecordServiceEvent("RotateKey", key.Arn, new JObject
        {
            ["rotationType"] = type,
            ["keyOrigin"] = "AWS_KMS",
            ["previousKeyMaterialId"] = key.CurrentKeyMaterialId,
            ["currentKeyMaterialId"] = rotated.CurrentKeyMaterialId,
            ["keyId"] = key.Arn.KeyId,
        });
        return rotated;
    }

    private static byte[] Seal(LocalKmsCall call, LocalKey key, ReadOnlySpan<byte> plaintext, EncryptionContext context)
    {
        byte[] material = call.Files.ReadMaterial(key, key.CurrentKeyMaterialId) ?? throw KmsFault.NotFound($"Key '{key.Arn}' does not exist");
        try
        {
            return LocalCiphertext.Seal(key.Arn, key.CurrentKeyMaterialId, material, plaintext, context);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    private static (byte[] Plaintext, string MaterialId) Open(LocalKmsCall call, LocalKey key, ReadOnlySpan<byte> blob, EncryptionContext context)
    {
        if (!LocalCiphertext.TryReadHeader(blob, out string? keyId, out string? materialId))
        {
            throw KmsFault.InvalidCiphertext();
        }

        if (keyId != key.Arn.KeyId)
        {
            throw new KmsFault("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.");
        }

        byte[] material = call.Files.ReadMaterial(key, materialId) ?? throw KmsFault.InvalidCiphertext();
        try
        {
            return (LocalCiphertext.Open(key.Arn, material, blob, context) ?? throw KmsFault.InvalidCiphertext(), materialId);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    // The key that encrypted, wherever in this region it is. Whether the caller may use it is for the policies to say.
    private KeyIdentifier KeyOf(LocalKmsCall call, ReadOnlySpan<byte> blob)
    {
        if (!LocalCiphertext.TryReadHeader(blob, out string? keyId, out _))
        {
            throw KmsFault.InvalidCiphertext();
        }

        return store.Accounts.Select(account => call.Files.Find(account, call.Region, keyId)?.Arn).FirstOrDefault(static arn => arn is not null)
            ?? throw new KmsFault(
                "AccessDeniedException",
                "The ciphertext refers to a key that does not exist, does not exist in this region, or you are not allowed to access.");
    }

    private static SortedDictionary<string, string> Merge(IReadOnlyDictionary<string, string> old, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        var merged = new SortedDictionary<string, string>(old.ToDictionary(), StringComparer.Ordinal);
        foreach ((string key, string value) in tags)
        {
            if (key.Length is < 1 or > MaxTagKeyCharacters || value.Length > MaxTagValueCharacters || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw new KmsFault(
                    "TagException",
                    $"The tag \"{key}\" is not valid: a tag key has 1 to {MaxTagKeyCharacters} characters and does not begin with aws:, a value has at most {MaxTagValueCharacters}.");
            }

            merged[key] = value;
        }

        if (tags.DistinctBy(static tag => tag.Key).Count() < tags.Count)
        {
            throw new KmsFault("TagException", "A tag key stands twice in the request; a key has each tag once.");
        }

        return merged.Count <= MaxTags
            ? merged
            : throw new KmsFault("TagException", $"The key would have {merged.Count} tags; the limit is {MaxTags}.");
    }

    private static JArray ToJson(IReadOnlyList<KeyValuePair<string, string>> tags) =>
        new(tags.Select(static tag => new JObject { ["tagKey"] = tag.Key, ["tagValue"] = tag.Value }));

    private static void RequireEnabled(LocalKey key)
    {
        RequireNotPendingDeletion(key);
        if (key.State == KeyState.Disabled)
        {
            throw new KmsFault("DisabledException", $"{key.Arn} is disabled.");
        }
    }

    private static void RequireNotPendingDeletion(LocalKey key)
    {
        if (key.State == KeyState.PendingDeletion)
        {
            throw new KmsFault("KMSInvalidStateException", $"{key.Arn} is pending deletion.");
        }
    }

    private static void RequireContext(EncryptionContext context)
    {
        int length = context.Sum(static pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));
        if (length > MaxEncryptionContextBytes)
        {
            throw KmsFault.Validation($"The encryption context has {length} bytes; the limit is {MaxEncryptionContextBytes}.");
        }
    }

    private static void RequireLength(int length, int max, string name)
    {
        if (length < 1 || length > max)
        {
            throw KmsFault.Validation($"Value of {length} bytes at '{name}' failed to satisfy constraint: it must have 1 to {max} bytes.");
        }
    }

    private static void RequireRange(int value, int min, int max, string name)
    {
        if (value < min || value > max)
        {
            throw KmsFault.Validation($"Value '{value}' at '{name}' failed to satisfy constraint: it must be {min} to {max}.");
        }
    }

    private static void RequireAliasName(string aliasName)
    {
        if (!AliasName().IsMatch(aliasName) || aliasName.StartsWith("alias/aws/", StringComparison.Ordinal))
        {
            throw new KmsFault(
                "InvalidAliasNameException",
                $"\"{aliasName}\" is not an alias name: it must be alias/ and 1 to 250 letters, digits or / _ -, and alias/aws/ is for AWS's own.");
        }
    }

    private static string AliasArn(string partition, string region, string account, string aliasName) => $"arn:{partition}:kms:{region}:{account}:{aliasName}";

    private static KeyValuePair<string, string> Bypass(bool bypass) => KeyValuePair.Create("kms:BypassPolicyLockoutSafetyCheck", bypass ? "true" : "false");

    private static string ResponseTime(DateTime time) => time.ToString(KeyResponseTime, CultureInfo.InvariantCulture);

    private static JObject Parameters(params (string Name, JToken? Value)[] parameters)
    {
        var json = new JObject();
        foreach ((string name, JToken? value) in parameters)
        {
            // A null string or number has become a value of null on its way here.
            if (value is not (null or JValue { Value: null }))
            {
                json[name] = value;
            }
        }

        return json;
    }

    // The workflow first, as in CloudTrail's examples. A request without a context has none in its record either.
    private static JObject? ToJson(EncryptionContext context) => context.Count == 0
        ? null
        : new JObject(context
            .OrderBy(static pair => pair.Key == EncryptionContext.WorkflowArnKey ? 0 : 1)
            .Select(static pair => new JProperty(pair.Key, pair.Value)));

    [GeneratedRegex(@"\Aalias/[A-Za-z0-9/_-]{1,250}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AliasName();
}
