using System.Security.Cryptography;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// The operations of KMS in JSON 1.1: from each operation's input to the local KMS and back to its output, as its page in the
/// AWS KMS API Reference has them.
/// </summary>
internal sealed class KmsOperations(LocalKms kms, OperationInput input, CancellationToken cancellationToken)
{
    private const string Algorithm = "SYMMETRIC_DEFAULT";
    private const string PolicyName = "default";
    private const int DefaultRotationDays = 365;
    private const int DefaultPendingDays = 30;

    private static readonly Dictionary<string, Func<KmsOperations, Task<EndpointAnswer>>> All = new(StringComparer.Ordinal)
    {
        ["CancelKeyDeletion"] = static call => call.CancelKeyDeletionAsync(),
        ["CreateAlias"] = static call => call.CreateAliasAsync(),
        ["CreateKey"] = static call => call.CreateKeyAsync(),
        ["Decrypt"] = static call => call.DecryptAsync(),
        ["DeleteAlias"] = static call => call.DeleteAliasAsync(),
        ["DescribeKey"] = static call => call.DescribeKeyAsync(),
        ["DisableKey"] = static call => call.DisableKeyAsync(),
        ["EnableKey"] = static call => call.EnableKeyAsync(),
        ["EnableKeyRotation"] = static call => call.EnableKeyRotationAsync(),
        ["Encrypt"] = static call => call.EncryptAsync(),
        ["GenerateDataKey"] = static call => call.GenerateDataKeyAsync(LocalKmsOperation.GenerateDataKey),
        ["GenerateDataKeyWithoutPlaintext"] = static call => call.GenerateDataKeyAsync(LocalKmsOperation.GenerateDataKeyWithoutPlaintext),
        ["GetKeyPolicy"] = static call => call.GetKeyPolicyAsync(),
        ["GetKeyRotationStatus"] = static call => call.GetKeyRotationStatusAsync(),
        ["ListAliases"] = static call => call.ListAliasesAsync(),
        ["ListKeys"] = static call => call.ListKeysAsync(),
        ["ListResourceTags"] = static call => call.ListResourceTagsAsync(),
        ["PutKeyPolicy"] = static call => call.PutKeyPolicyAsync(),
        ["ReEncrypt"] = static call => call.ReEncryptAsync(),
        ["RotateKeyOnDemand"] = static call => call.RotateKeyOnDemandAsync(),
        ["ScheduleKeyDeletion"] = static call => call.ScheduleKeyDeletionAsync(),
        ["TagResource"] = static call => call.TagResourceAsync(),
        ["UntagResource"] = static call => call.UntagResourceAsync(),
    };

    /// <summary>The names of the operations that are served.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>Answers a request.</summary>
    /// <exception cref="EndpointFault">The request is refused.</exception>
    /// <exception cref="DataProtectionException">The local KMS refuses.</exception>
    public static Task<EndpointAnswer> AnswerAsync(LocalKms kms, EndpointRequest request, CancellationToken cancellationToken) =>
        All.TryGetValue(request.Operation, out Func<KmsOperations, Task<EndpointAnswer>>? operation)
            ? operation(new KmsOperations(kms, OperationInput.Parse(request), cancellationToken))
            : throw EndpointFault.UnknownOperation($"The operation \"{request.Operation}\" is not one that the local KMS has.");

    private async Task<EndpointAnswer> GenerateDataKeyAsync(LocalKmsOperation operation)
    {
        KeyIdentifier key = input.Key();
        EncryptionContext context = input.Context("EncryptionContext");
        DataKeySize size = Size(input.OptionalText("KeySpec"), input.OptionalInteger("NumberOfBytes", 1, DataKeySize.MaxBytes));
        input.RequireNoMore();
        GeneratedDataKey made = await kms.GenerateDataKeyAsync(operation, key, size, context, cancellationToken);
        try
        {
            var output = new JObject { ["CiphertextBlob"] = Convert.ToBase64String(made.CiphertextBlob), ["KeyId"] = made.KeyArn.Value };
            if (operation == LocalKmsOperation.GenerateDataKey)
            {
                output["Plaintext"] = Convert.ToBase64String(made.Plaintext);
            }

            return Answer(made, WithMaterial(output, "KeyMaterialId", made.CiphertextBlob));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(made.Plaintext);
        }
    }

    private async Task<EndpointAnswer> EncryptAsync()
    {
        KeyIdentifier key = input.Key();
        byte[] plaintext = input.Blob("Plaintext");
        try
        {
            EncryptionContext context = input.Context("EncryptionContext");
            RequireAlgorithm("EncryptionAlgorithm");
            input.RequireNoMore();
            EncryptedData made = await kms.EncryptAsync(key, plaintext, context, cancellationToken);
            return Answer(made, new JObject
            {
                ["CiphertextBlob"] = Convert.ToBase64String(made.CiphertextBlob),
                ["EncryptionAlgorithm"] = Algorithm,
                ["KeyId"] = made.KeyArn.Value,
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private async Task<EndpointAnswer> DecryptAsync()
    {
        KeyIdentifier? key = input.OptionalKey("KeyId");
        byte[] blob = input.Blob("CiphertextBlob");
        EncryptionContext context = input.Context("EncryptionContext");
        RequireAlgorithm("EncryptionAlgorithm");
        input.RequireNoMore();
        DecryptedData opened = await kms.DecryptNamedAsync(key, blob, context, cancellationToken);
        try
        {
            var output = new JObject
            {
                ["EncryptionAlgorithm"] = Algorithm,
                ["KeyId"] = opened.KeyArn.Value,
                ["Plaintext"] = Convert.ToBase64String(opened.Plaintext),
            };
            return Answer(opened, WithMaterial(output, "KeyMaterialId", blob));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened.Plaintext);
        }
    }

    private async Task<EndpointAnswer> ReEncryptAsync()
    {
        KeyIdentifier? sourceKey = input.OptionalKey("SourceKeyId");
        byte[] blob = input.Blob("CiphertextBlob");
        EncryptionContext sourceContext = input.Context("SourceEncryptionContext");
        KeyIdentifier destinationKey = input.Key("DestinationKeyId");
        EncryptionContext destinationContext = input.Context("DestinationEncryptionContext");
        RequireAlgorithm("SourceEncryptionAlgorithm");
        RequireAlgorithm("DestinationEncryptionAlgorithm");
        input.RequireNoMore();
        EncryptedData made = await kms.ReEncryptNamedAsync(sourceKey, blob, sourceContext, destinationKey, destinationContext, cancellationToken);
        var output = new JObject
        {
            ["CiphertextBlob"] = Convert.ToBase64String(made.CiphertextBlob),
            ["DestinationEncryptionAlgorithm"] = Algorithm,
            ["KeyId"] = made.KeyArn.Value,
            ["SourceEncryptionAlgorithm"] = Algorithm,

            // The key that the ciphertext was under is the first that the record names.
            ["SourceKeyId"] = made.AuditEvent!.KeyArn,
        };
        return Answer(made, WithMaterial(WithMaterial(output, "SourceKeyMaterialId", blob), "DestinationKeyMaterialId", made.CiphertextBlob));
    }

    private async Task<EndpointAnswer> CreateKeyAsync()
    {
        string? policy = input.OptionalText("Policy");
        string? description = input.OptionalText("Description");
        bool bypass = input.Flag("BypassPolicyLockoutSafetyCheck");
        IReadOnlyList<KeyValuePair<string, string>> tags = input.Pairs("Tags", "TagKey", "TagValue");
        input.RequireIfGiven("KeyUsage", "ENCRYPT_DECRYPT");
        input.RequireIfGiven("KeySpec", Algorithm);
        input.RequireIfGiven("CustomerMasterKeySpec", Algorithm);
        input.RequireIfGiven("Origin", "AWS_KMS");
        input.RequireNoMore();
        DescribedKey made = await kms.CreateKeyAsync(policy, description, bypass, tags, cancellationToken);
        return Answer(made, new JObject { ["KeyMetadata"] = Metadata(made.Key) });
    }

    private async Task<EndpointAnswer> DescribeKeyAsync()
    {
        KeyIdentifier key = input.Key();
        input.RequireNoMore();
        DescribedKey described = await kms.DescribeKeyAsync(key, cancellationToken);
        return Answer(described, new JObject { ["KeyMetadata"] = Metadata(described.Key) });
    }

    private async Task<EndpointAnswer> CreateAliasAsync()
    {
        string name = input.Text("AliasName");
        KeyIdentifier target = input.Key("TargetKeyId");
        input.RequireNoMore();
        return Answer(await kms.CreateAliasAsync(name, target, cancellationToken));
    }

    private async Task<EndpointAnswer> DeleteAliasAsync()
    {
        string name = input.Text("AliasName");
        input.RequireNoMore();
        return Answer(await kms.DeleteAliasAsync(name, cancellationToken));
    }

    private async Task<EndpointAnswer> ListAliasesAsync()
    {
        KeyIdentifier? key = input.OptionalKey("KeyId");
        ListPage page = PageOf(maxLimit: 100);
        input.RequireNoMore();
        ListedAliasEntries listed = await kms.ListAliasesAsync(key, page, cancellationToken);
        return Answer(listed, Page.Of("Aliases", listed.Aliases.Select(alias => (alias.Key, new JObject
        {
            ["AliasArn"] = kms.AliasArn(listed.Account, alias.Key),
            ["AliasName"] = alias.Key,
            ["TargetKeyId"] = alias.Value,
        })), page, defaultLimit: 50));
    }

    private async Task<EndpointAnswer> ListKeysAsync()
    {
        ListPage page = PageOf(maxLimit: 1000);
        input.RequireNoMore();
        ListedKeys listed = await kms.ListKeysAsync(page, cancellationToken);
        return Answer(listed, Page.Of(
            "Keys", listed.Keys.Select(static key => (key.KeyId, new JObject { ["KeyArn"] = key.Value, ["KeyId"] = key.KeyId })), page, defaultLimit: 100));
    }

    private async Task<EndpointAnswer> TagResourceAsync()
    {
        KeyIdentifier key = input.Key();
        IReadOnlyList<KeyValuePair<string, string>> tags = input.Pairs("Tags", "TagKey", "TagValue");
        input.RequireNoMore();
        return Answer((await kms.TagResourceAsync(key, tags, cancellationToken)).ToAcknowledgement());
    }

    private async Task<EndpointAnswer> UntagResourceAsync()
    {
        KeyIdentifier key = input.Key();
        IReadOnlyList<string> tagKeys = input.Texts("TagKeys");
        input.RequireNoMore();
        return Answer((await kms.UntagResourceAsync(key, tagKeys, cancellationToken)).ToAcknowledgement());
    }

    private async Task<EndpointAnswer> ListResourceTagsAsync()
    {
        KeyIdentifier key = input.Key();
        ListPage page = PageOf(maxLimit: 50);
        input.RequireNoMore();
        ListedTags listed = await kms.ListResourceTagsAsync(key, page, cancellationToken);
        return Answer(listed, Page.Of(
            "Tags", listed.Tags.Select(static tag => (tag.Key, new JObject { ["TagKey"] = tag.Key, ["TagValue"] = tag.Value })), page, defaultLimit: 50));
    }

    private async Task<EndpointAnswer> GetKeyPolicyAsync()
    {
        KeyIdentifier key = input.Key();
        RequirePolicyName();
        input.RequireNoMore();
        ReadKeyPolicy read = await kms.GetKeyPolicyAsync(key, cancellationToken);
        return Answer(read, new JObject { ["Policy"] = read.Policy, ["PolicyName"] = PolicyName });
    }

    private async Task<EndpointAnswer> PutKeyPolicyAsync()
    {
        KeyIdentifier key = input.Key();
        string policy = input.Text("Policy");
        bool bypass = input.Flag("BypassPolicyLockoutSafetyCheck");
        RequirePolicyName();
        input.RequireNoMore();
        return Answer(await kms.PutKeyPolicyAsync(key, policy, bypass, cancellationToken));
    }

    private async Task<EndpointAnswer> EnableKeyRotationAsync()
    {
        KeyIdentifier key = input.Key();
        int days = input.OptionalInteger("RotationPeriodInDays") ?? DefaultRotationDays;
        input.RequireNoMore();
        return Answer(await kms.EnableKeyRotationAsync(key, days, cancellationToken));
    }

    private async Task<EndpointAnswer> GetKeyRotationStatusAsync()
    {
        KeyIdentifier key = input.Key();
        input.RequireNoMore();
        RotationStatus status = await kms.GetKeyRotationStatusAsync(key, cancellationToken);
        var output = new JObject { ["KeyId"] = status.AuditEvent!.KeyArn, ["KeyRotationEnabled"] = status.KeyRotationEnabled };
        if (status.RotationPeriodInDays is { } days)
        {
            output["RotationPeriodInDays"] = days;
        }

        return Answer(status, output);
    }

    private async Task<EndpointAnswer> RotateKeyOnDemandAsync()
    {
        KeyIdentifier key = input.Key();
        input.RequireNoMore();
        ChangedKey rotated = await kms.RotateOnDemandAsync(key, cancellationToken);
        return Answer(rotated, new JObject { ["KeyId"] = rotated.Key.Arn.KeyId });
    }

    private async Task<EndpointAnswer> EnableKeyAsync()
    {
        KeyIdentifier key = input.Key();
        input.RequireNoMore();
        return Answer(await kms.EnableKeyAsync(key, cancellationToken));
    }

    private async Task<EndpointAnswer> DisableKeyAsync()
    {
        KeyIdentifier key = input.Key();
        input.RequireNoMore();
        return Answer(await kms.DisableKeyAsync(key, cancellationToken));
    }

    private async Task<EndpointAnswer> ScheduleKeyDeletionAsync()
    {
        KeyIdentifier key = input.Key();
        int days = input.OptionalInteger("PendingWindowInDays") ?? DefaultPendingDays;
        input.RequireNoMore();
        ChangedKey scheduled = await kms.ScheduleDeletionAsync(key, days, cancellationToken);
        return Answer(scheduled, new JObject
        {
            ["DeletionDate"] = Seconds(scheduled.Key.DeletionDate!.Value),
            ["KeyId"] = scheduled.Key.Arn.Value,
            ["KeyState"] = scheduled.Key.State.ToString(),
            ["PendingWindowInDays"] = days,
        });
    }

    private async Task<EndpointAnswer> CancelKeyDeletionAsync()
    {
        KeyIdentifier key = input.Key();
        input.RequireNoMore();
        ChangedKey cancelled = await kms.CancelDeletionAsync(key, cancellationToken);
        return Answer(cancelled, new JObject { ["KeyId"] = cancelled.Key.Arn.Value });
    }

    private static DataKeySize Size(string? keySpec, int? numberOfBytes) => (keySpec, numberOfBytes) switch
    {
        (null, { } bytes) => new DataKeySize(bytes, KeySpec: null),
        ("AES_256", null) => new DataKeySize(32, keySpec),
        ("AES_128", null) => new DataKeySize(16, keySpec),
        (null, null) or (not null, not null) => throw EndpointFault.Validation("Please specify either number of bytes or key spec."),
        _ => throw EndpointFault.Validation($"Value '{keySpec}' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]"),
    };

    private static JObject Metadata(KeyMetadata key)
    {
        var metadata = new JObject
        {
            ["AWSAccountId"] = key.Arn.Account,
            ["Arn"] = key.Arn.Value,
            ["CreationDate"] = Seconds(key.CreationDate),
            ["CurrentKeyMaterialId"] = key.CurrentKeyMaterialId,
            ["CustomerMasterKeySpec"] = Algorithm,
            ["Description"] = key.Description,
            ["Enabled"] = key.State == KeyState.Enabled,
            ["EncryptionAlgorithms"] = new JArray(Algorithm),
            ["KeyId"] = key.Arn.KeyId,
            ["KeyManager"] = "CUSTOMER",
            ["KeySpec"] = Algorithm,
            ["KeyState"] = key.State.ToString(),
            ["KeyUsage"] = "ENCRYPT_DECRYPT",
            ["MultiRegion"] = false,
            ["Origin"] = "AWS_KMS",
        };
        if (key.DeletionDate is { } deletion)
        {
            metadata["DeletionDate"] = Seconds(deletion);
        }

        return metadata;
    }

    private static JValue Seconds(DateTime time) => new(Math.Round((decimal)(time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond, 3));

    private static JObject WithMaterial(JObject output, string name, ReadOnlySpan<byte> blob)
    {
        if (LocalCiphertext.TryReadHeader(blob, out _, out string? materialId))
        {
            output[name] = materialId;
        }

        return output;
    }

    private static EndpointAnswer Answer(KmsAcknowledgement done) => EndpointAnswer.Json(output: null, done.RequestId);

    private static EndpointAnswer Answer(KmsResult result, JObject output) => EndpointAnswer.Json(output, result.RequestId);

    private ListPage PageOf(int maxLimit) => new(input.OptionalInteger("Limit", 1, maxLimit), input.OptionalText("Marker"));

    private void RequireAlgorithm(string name) => input.RequireIfGiven(name, Algorithm);

    private void RequirePolicyName()
    {
        if (input.OptionalText("PolicyName") is { } name && name != PolicyName)
        {
            throw EndpointFault.Of("NotFoundException", $"No policy of the name \"{name}\" exists; a key has one, {PolicyName}.");
        }
    }
}
