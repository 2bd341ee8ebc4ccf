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
internal sealed partial class LocalKms(LocalKmsStore store, LocalCaller caller, string region) : IKms
{
    private const int DataKeyBytes = 32;
    private const int MaxPlaintextBytes = 4096;
    private const int MaxCiphertextBytes = 6144;
    private const int MaxEncryptionContextBytes = 8192;
    private const int MaxDescriptionCharacters = 8192;
    private const int MinRotationDays = 90;
    private const int MaxRotationDays = 2560;
    private const int MinPendingDays = 7;
    private const int MaxPendingDays = 30;

    /// <summary>"Quotas" in the AWS KMS Developer Guide: on-demand rotations of one key.</summary>
    private const int MaxOnDemandRotations = 25;

    private const string Algorithm = "SYMMETRIC_DEFAULT";
    private const string PolicyName = "default";
    private const string KeyResponseTime = "MMM d, yyyy, h:mm:ss tt";

    private static readonly KeyValuePair<string, string> AlgorithmCondition = KeyValuePair.Create("kms:EncryptionAlgorithm", Algorithm);

    public string Region => region;

    public Task<GeneratedDataKey> GenerateDataKeyAsync(KeyIdentifier key, EncryptionContext context, CancellationToken cancellationToken)
    {
        JObject parameters = Parameters(("encryptionContext", ToJson(context)), ("keyId", key.Value), ("numberOfBytes", DataKeyBytes));
        return CallAsync(LocalKmsOperation.GenerateDataKey, key, parameters, async call =>
        {
            RequireContext(context);
            LocalKey used = await FindAuthorizedAsync(call, key, context, cancellationToken).ConfigureAwait(false);
            used = await RequireUsableAsync(call, used, cancellationToken).ConfigureAwait(false);
            byte[] dataKey = RandomNumberGenerator.GetBytes(DataKeyBytes);
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

    public Task<DecryptedData> DecryptAsync(KeyIdentifier key, ReadOnlyMemory<byte> ciphertextBlob, EncryptionContext context, CancellationToken cancellationToken)
    {
        JObject parameters = Parameters(("keyId", key.Value), ("encryptionAlgorithm", Algorithm), ("encryptionContext", ToJson(context)));
        return CallAsync(LocalKmsOperation.Decrypt, key, parameters, async call =>
        {
            RequireContext(context);
            RequireLength(ciphertextBlob.Length, MaxCiphertextBytes, "ciphertextBlob");
            LocalKey used = await FindAuthorizedAsync(call, key, context, cancellationToken).ConfigureAwait(false);
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
        CancellationToken cancellationToken)
    {
        JObject parameters = Parameters(
            ("sourceEncryptionAlgorithm", Algorithm),
            ("sourceKeyId", sourceKey.Value),
            ("sourceEncryptionContext", ToJson(sourceContext)),
            ("destinationKeyId", destinationKey.Value),
            ("destinationEncryptionAlgorithm", Algorithm),
            ("destinationEncryptionContext", ToJson(destinationContext)));
        return CallAsync(LocalKmsOperation.ReEncrypt, sourceKey, parameters, async call =>
        {
            RequireContext(sourceContext);
            RequireContext(destinationContext);
            RequireLength(ciphertextBlob.Length, MaxCiphertextBytes, "ciphertextBlob");
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

    public Task<DescribedKey> CreateKeyAsync(string? policy, string? description, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken)
    {
        policy ??= KeyPolicy.Default(PrincipalArn.AccountRoot(caller.Partition, caller.Account)).ToJson();
        description ??= "";
        JObject parameters = Parameters(
            ("policy", policy),
            ("description", description),
            ("keyUsage", "ENCRYPT_DECRYPT"),
            ("customerMasterKeySpec", Algorithm),
            ("origin", "AWS_KMS"),
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
            var key = new LocalKey(
                KeyArn.Create(caller.Partition, region, caller.Account, Guid.NewGuid().ToString()),
                KeyState.Enabled,
                description,
                call.Now,
                DeletionDate: null,
                LocalKeyFiles.NewMaterialId(),
                Rotation: null,
                OnDemandRotations: 0);
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
        ChangeAsync(LocalKmsOperation.CreateAlias, targetKey, Parameters(("aliasName", aliasName), ("targetKeyId", targetKey.Value)), (call, key) =>
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

    public Task<ListedAliases> ListAliasesAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        CallAsync(LocalKmsOperation.ListAliases, key, Parameters(("keyId", key.Value)), async call =>
        {
            call.AuthorizeWithoutKey("*");
            LocalKey listed = await call.FindKeyAsync(key, cancellationToken).ConfigureAwait(false);
            string[] names =
            [
                .. call.Files.ReadAliases(listed.Arn.Account, listed.Arn.Region)
                    .Where(alias => alias.Value == listed.Arn.KeyId)
                    .Select(static alias => alias.Key),
            ];
            return new ListedAliases(names, call.RequestId, call.Succeed());
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
        return ChangeAsync(LocalKmsOperation.PutKeyPolicy, key, parameters, (call, changed) =>
        {
            call.RequireAcceptable(policy, changed.Arn, bypassPolicyLockoutSafetyCheck);
            call.Files.WritePolicy(changed, policy);
        }, cancellationToken, Bypass(bypassPolicyLockoutSafetyCheck));
    }

    public Task<KmsAcknowledgement> EnableKeyRotationAsync(KeyIdentifier key, int rotationPeriodInDays, CancellationToken cancellationToken) =>
        ChangeAsync(LocalKmsOperation.EnableKeyRotation, key, Parameters(("keyId", key.Value), ("rotationPeriodInDays", rotationPeriodInDays)), (call, changed) =>
        {
            RequireRange(rotationPeriodInDays, MinRotationDays, MaxRotationDays, "rotationPeriodInDays");
            RequireEnabled(changed);
            call.Files.Write(changed with { Rotation = new LocalKeyRotation(rotationPeriodInDays, call.Now.AddDays(rotationPeriodInDays)) });
        }, cancellationToken);

    public Task<RotationStatus> GetKeyRotationStatusAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        CallAsync(LocalKmsOperation.GetKeyRotationStatus, key, Parameters(("keyId", key.Value)), async call =>
        {
            LocalKey read = await FindAuthorizedAsync(call, key, context: null, cancellationToken).ConfigureAwait(false);

            // A key that is to be deleted does not rotate; the setting is back when the deletion is cancelled.
            LocalKeyRotation? rotation = read.State == KeyState.PendingDeletion ? null : read.Rotation;
            return new RotationStatus(rotation is not null, rotation?.PeriodInDays, call.RequestId, call.Succeed());
        }, cancellationToken);

    public Task<KmsAcknowledgement> RotateKeyOnDemandAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        ChangeAsync(LocalKmsOperation.RotateKeyOnDemand, key, Parameters(("keyId", key.Value)), (call, changed) =>
        {
            RequireEnabled(changed);
            if (changed.OnDemandRotations >= MaxOnDemandRotations)
            {
                throw new KmsFault("LimitExceededException", $"{changed.Arn} was rotated on demand {MaxOnDemandRotations} times, which is the limit.");
            }

            Rotate(call, changed with { OnDemandRotations = changed.OnDemandRotations + 1 }, "ON_DEMAND");
            call.ResponseElements = new JObject { ["keyId"] = changed.Arn.KeyId };
        }, cancellationToken);

    public Task<KmsAcknowledgement> EnableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        ChangeStateAsync(LocalKmsOperation.EnableKey, key, KeyState.Enabled, cancellationToken);

    public Task<KmsAcknowledgement> DisableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        ChangeStateAsync(LocalKmsOperation.DisableKey, key, KeyState.Disabled, cancellationToken);

    public Task<KmsAcknowledgement> ScheduleKeyDeletionAsync(KeyIdentifier key, int pendingWindowInDays, CancellationToken cancellationToken) =>
        ChangeAsync(LocalKmsOperation.ScheduleKeyDeletion, key, Parameters(("keyId", key.Value), ("pendingWindowInDays", pendingWindowInDays)), (call, changed) =>
        {
            RequireRange(pendingWindowInDays, MinPendingDays, MaxPendingDays, "pendingWindowInDays");
            RequireNotPendingDeletion(changed);
            DateTime deletion = call.Now.AddDays(pendingWindowInDays);
            call.Files.Write(changed with { State = KeyState.PendingDeletion, DeletionDate = deletion });
            call.ResponseElements = new JObject
            {
                ["keyId"] = changed.Arn.Value,
                ["deletionDate"] = ResponseTime(deletion),
                ["keyState"] = nameof(KeyState.PendingDeletion),
                ["pendingWindowInDays"] = pendingWindowInDays,
            };
        }, cancellationToken);

    public Task<KmsAcknowledgement> CancelKeyDeletionAsync(KeyIdentifier key, CancellationToken cancellationToken) =>
        ChangeAsync(LocalKmsOperation.CancelKeyDeletion, key, Parameters(("keyId", key.Value)), (call, changed) =>
        {
            if (changed.State != KeyState.PendingDeletion)
            {
                throw new KmsFault("KMSInvalidStateException", $"{changed.Arn} is not pending deletion.");
            }

            call.Files.Write(changed with { State = KeyState.Disabled, DeletionDate = null });
            call.ResponseElements = new JObject { ["keyId"] = changed.Arn.Value };
        }, cancellationToken);

    private Task<KmsAcknowledgement> ChangeStateAsync(LocalKmsOperation operation, KeyIdentifier key, KeyState state, CancellationToken cancellationToken) =>
        ChangeAsync(operation, key, Parameters(("keyId", key.Value)), (call, changed) =>
        {
            RequireNotPendingDeletion(changed);
            call.Files.Write(changed with { State = state });
        }, cancellationToken);

    /// <summary>A call that changes one key, found and authorised, under the lock.</summary>
    private Task<KmsAcknowledgement> ChangeAsync(
        LocalKmsOperation operation, KeyIdentifier key, JObject parameters, Action<LocalKmsCall, LocalKey> change, CancellationToken cancellationToken, params KeyValuePair<string, string>[] conditions) =>
        CallLockedAsync(operation, key, parameters, async call =>
        {
            LocalKey changed = await call.FindKeyAsync(key, cancellationToken).ConfigureAwait(false);
            call.Authorize(changed, others: conditions);
            change(call, changed);
            return new KmsAcknowledgement(call.RequestId, call.Succeed());
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
            var call = new LocalKmsCall(store, caller, identifier?.Region ?? region, operation, parameters) { IsLocked = isLocked };
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
            if (value is not null)
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
