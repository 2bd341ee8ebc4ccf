using System.Security.Cryptography;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Protection;
using ImageBuilderDataProtection.Tests.Json;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Tests.Kms;

/// <summary>
/// What every KMS does, whichever way it is reached: the local KMS in this process, and over HTTP by the client that also
/// calls AWS.
/// </summary>
public abstract class KmsContractTests : IDisposable
{
    private const string Account = "111122223333";
    private const string OtherAccount = "444455556666";
    private const string Region = "us-west-2";
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";

    private static readonly PrincipalArn Role = PrincipalArn.Parse("arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole");
    private static readonly EncryptionContext Context = EncryptionContext.Create(
    [
        KeyValuePair.Create(EncryptionContext.WorkflowArnKey, Workflow),
        KeyValuePair.Create(EncryptionContext.PublicKeyKey, "key value"),
    ]);

    private readonly TemporaryFolder _folder = new();
    private readonly LocalKmsStore _store;
    private readonly IKms _root;
    private readonly IKms _role;

    protected KmsContractTests()
    {
        _store = LocalKmsStore.Open(_folder["kms"]);
        _root = Connect(LocalCaller.AccountRoot(Account), Region);
        _role = Connect(LocalCaller.AssumeRole(Role, "workflow-role-name"), Region);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>KMS over a store, as this caller sees it.</summary>
    protected abstract IKms Connect(LocalKmsStore store, LocalCaller caller, string region);

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _folder.Dispose();
        }
    }

    [Fact]
    public async Task Another_context_a_damaged_blob_or_another_key_does_not_decrypt()
    {
        KeyArn key = await CreateKeyAsync();
        KeyArn other = (await _root.CreateKeyAsync(null, null, false, default)).Key.Arn;
        byte[] blob = (await _root.EncryptAsync(key, new byte[100], Context, default)).CiphertextBlob;
        EncryptionContext wrongCase = EncryptionContext.Create([.. Context.Where(static pair => pair.Key != EncryptionContext.PublicKeyKey), KeyValuePair.Create(EncryptionContext.PublicKeyKey, "Key value")]);
        foreach (EncryptionContext context in new[] { wrongCase, EncryptionContext.Empty, Context.With("a", "b"), Context.WithoutReserved() })
        {
            await FailsAsync("InvalidCiphertextException", _root.DecryptAsync(key, blob, context, default));
        }

        await FailsAsync("IncorrectKeyException", _root.DecryptAsync(other, blob, Context, default));
        await FailsAsync("IncorrectKeyException", _root.ReEncryptAsync(other, blob, Context, key, Context, default));
        await FailsAsync("InvalidCiphertextException", _root.DecryptAsync(key, new byte[] { 1 }, Context, default));
        await FailsAsync("ValidationException", _root.DecryptAsync(key, ReadOnlyMemory<byte>.Empty, Context, default));
        for (int i = 0; i < blob.Length; i++)
        {
            byte[] damaged = (byte[])blob.Clone();
            damaged[i] ^= (byte)(1 << (i % 8));
            KmsException error = await Assert.ThrowsAsync<KmsException>(() => _root.DecryptAsync(key, damaged, Context, default));
            Assert.True(error.ErrorId is "InvalidCiphertextException" or "IncorrectKeyException", $"{i}: {error.ErrorId}");
        }
    }

    [Fact]
    public async Task A_key_does_what_its_state_allows()
    {
        KeyArn key = await CreateKeyAsync();
        byte[] blob = (await _root.EncryptAsync(key, new byte[1], Context, default)).CiphertextBlob;
        await FailsAsync("KMSInvalidStateException", _root.CancelKeyDeletionAsync(key, default));
        await _root.DisableKeyAsync(key, default);
        Assert.Equal(KeyState.Disabled, (await _root.DescribeKeyAsync(key, default)).Key.State);
        await UnusableAsync("DisabledException");
        await _root.ScheduleKeyDeletionAsync(key, 30, default);
        KeyMetadata pending = (await _root.DescribeKeyAsync(key, default)).Key;
        Assert.Equal(KeyState.PendingDeletion, pending.State);
        Assert.InRange(pending.DeletionDate!.Value, pending.CreationDate.AddDays(30).AddSeconds(-1), DateTime.UtcNow.AddDays(30));
        await UnusableAsync("KMSInvalidStateException");
        foreach (Task refused in new Task[]
        {
            _root.EnableKeyAsync(key, default), _root.DisableKeyAsync(key, default), _root.ScheduleKeyDeletionAsync(key, 7, default), _root.CreateAliasAsync("alias/late", key, default),
        })
        {
            await FailsAsync("KMSInvalidStateException", refused);
        }

        await _root.CancelKeyDeletionAsync(key, default);
        Assert.Equal((KeyState.Disabled, (DateTime?)null), (await _root.DescribeKeyAsync(key, default)).Key is { } described ? (described.State, described.DeletionDate) : default);
        await _root.EnableKeyAsync(key, default);
        await _root.DecryptAsync(key, blob, Context, default);

        async Task UnusableAsync(string error)
        {
            await FailsAsync(error, _root.EncryptAsync(key, new byte[1], Context, default));
            await FailsAsync(error, _root.DecryptAsync(key, blob, Context, default));
            await FailsAsync(error, _root.GenerateDataKeyAsync(key, Context, default));
            await FailsAsync(error, _root.ReEncryptAsync(key, blob, Context, key, Context, default));
            await FailsAsync(error, _root.RotateKeyOnDemandAsync(key, default));
            await FailsAsync(error, _root.EnableKeyRotationAsync(key, 365, default));
        }
    }

    [Fact]
    public async Task Keys_are_named_in_four_ways_and_what_is_not_there_is_not_found()
    {
        KeyArn key = await CreateKeyAsync();
        foreach (string name in new[] { key.Value, key.KeyId, "alias/ExampleKMSKey", $"arn:aws:kms:{Region}:{Account}:alias/ExampleKMSKey" })
        {
            Assert.Equal(key, (await _root.DescribeKeyAsync(KeyIdentifier.Parse(name), default)).Key.Arn);
        }

        Assert.Equal(["alias/ExampleKMSKey"], (await _root.ListAliasesAsync(key, default)).AliasNames);
        string absent = Guid.NewGuid().ToString();
        Assert.Contains($"Key 'arn:aws:kms:{Region}:{Account}:key/{absent}' does not exist", (await FailsAsync("NotFoundException", _root.DescribeKeyAsync(KeyIdentifier.Parse(absent), default))).Message, StringComparison.Ordinal);
        Assert.Contains($"Alias arn:aws:kms:{Region}:{Account}:alias/examplekmskey is not found", (await FailsAsync("NotFoundException", _root.DescribeKeyAsync(KeyIdentifier.Parse("alias/examplekmskey"), default))).Message, StringComparison.Ordinal);
        await FailsAsync("NotFoundException", _root.DescribeKeyAsync(KeyIdentifier.Parse(key.KeyId.ToUpperInvariant()), default));
        await FailsAsync("NotFoundException", _root.DisableKeyAsync(KeyIdentifier.Parse("alias/ExampleKMSKey"), default));
        await FailsAsync("AlreadyExistsException", _root.CreateAliasAsync("alias/ExampleKMSKey", key, default));
        await FailsAsync("NotFoundException", _root.CreateAliasAsync("alias/a", KeyIdentifier.Parse(absent), default));
        await FailsAsync("NotFoundException", _root.DeleteAliasAsync("alias/absent", default));
        await FailsAsync("InvalidAliasNameException", _root.CreateAliasAsync("alias/aws/x", key, default));
        await FailsAsync("InvalidAliasNameException", _root.CreateAliasAsync("x y", key, default));
    }

    [Fact]
    public async Task Bad_arguments_are_refused()
    {
        KeyArn key = await CreateKeyAsync();
        await FailsAsync("ValidationException", _root.EncryptAsync(key, new byte[4097], Context, default));
        await FailsAsync("ValidationException", _root.EncryptAsync(key, ReadOnlyMemory<byte>.Empty, Context, default));
        await FailsAsync("ValidationException", _root.DecryptAsync(key, new byte[6145], Context, default));
        await FailsAsync("ValidationException", _root.EnableKeyRotationAsync(key, 89, default));
        await FailsAsync("ValidationException", _root.EnableKeyRotationAsync(key, 2561, default));
        await FailsAsync("ValidationException", _root.ScheduleKeyDeletionAsync(key, 6, default));
        await FailsAsync("ValidationException", _root.ScheduleKeyDeletionAsync(key, 31, default));
        await FailsAsync("ValidationException", _root.CreateKeyAsync(null, new string('x', 8193), false, default));
        await FailsAsync("ValidationException", _root.GenerateDataKeyAsync(key, EncryptionContext.Create([KeyValuePair.Create("k", new string('v', 8192))]), default));
        await _root.EncryptAsync(key, new byte[4096], Context, default);
    }

    [Fact]
    public async Task A_policy_is_kept_as_it_was_put_and_a_bad_one_is_refused()
    {
        KeyArn key = await CreateKeyAsync();
        string odd = "{ \"Version\": \"2012-10-17\",\r\n\t\"Statement\": {\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\"} } ";
        await _root.PutKeyPolicyAsync(key, odd, false, default);
        Assert.Equal(odd, (await _root.GetKeyPolicyAsync(key, default)).Policy);
        await FailsAsync("MalformedPolicyDocumentException", _root.PutKeyPolicyAsync(key, "{", false, default));
        KmsException unsupported = await FailsAsync("MalformedPolicyDocumentException", _root.PutKeyPolicyAsync(
            key, odd.Replace("\"Resource\":\"*\"", "\"Resource\":\"*\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/33\"}}", StringComparison.Ordinal), false, default));
        Assert.Contains("not supported by the local KMS yet", unsupported.Message, StringComparison.Ordinal);
        await FailsAsync("LimitExceededException", _root.PutKeyPolicyAsync(key, odd + new string(' ', 32_768), false, default));

        // The page's own policy matches no key in its administrator statement, and so locks its author out.
        KmsException lockout = await FailsAsync("MalformedPolicyDocumentException", _root.PutKeyPolicyAsync(key, Examples.KeyPolicy, false, default));
        Assert.Contains("The new key policy will not allow you to update the key policy in the future", lockout.Message, StringComparison.Ordinal);
        await FailsAsync("MalformedPolicyDocumentException", _root.CreateKeyAsync(Examples.KeyPolicy, null, false, default));
        Assert.Equal(odd, (await _root.GetKeyPolicyAsync(key, default)).Policy);
        await _root.PutKeyPolicyAsync(key, Examples.KeyPolicy, true, default);
        await FailsAsync("AccessDeniedException", _root.GetKeyPolicyAsync(key, default));
        Assert.Contains("kms:*", (await _root.GetKeyPolicyAsync((await _root.CreateKeyAsync(null, null, false, default)).Key.Arn, default)).Policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_without_permission_learns_nothing_of_the_keys_state()
    {
        KeyArn key = await CreateKeyAsync();
        await _root.DisableKeyAsync(key, default);
        IKms other = Connect(LocalCaller.AssumeRole(PrincipalArn.Parse($"arn:aws:iam::{Account}:role/Other"), "session"), Region);
        await FailsAsync("AccessDeniedException", other.GenerateDataKeyAsync(key, Context, default));
        await FailsAsync("DisabledException", _role.GenerateDataKeyAsync(key, Context, default));
    }

    [Fact]
    public async Task Regions_and_accounts_are_apart()
    {
        KeyArn key = await CreateKeyAsync();
        IKms elsewhere = Connect(LocalCaller.AccountRoot(Account), "eu-west-1");
        await FailsAsync("NotFoundException", elsewhere.DescribeKeyAsync(KeyIdentifier.Parse(key.KeyId), default));
        await FailsAsync("NotFoundException", elsewhere.DescribeKeyAsync(KeyIdentifier.Parse("alias/ExampleKMSKey"), default));
        KeyArn second = (await elsewhere.CreateKeyAsync(null, null, false, default)).Key.Arn;
        await elsewhere.CreateAliasAsync("alias/ExampleKMSKey", second, default);
        Assert.Equal("eu-west-1", second.Region);

        // An ARN goes to its own region, and its record is of that region.
        DescribedKey across = await elsewhere.DescribeKeyAsync(key, default);
        Assert.Equal((key, Region), (across.Key.Arn, across.AuditEvent!.AwsRegion));
        IKms foreign = Connect(LocalCaller.AccountRoot(OtherAccount), Region);
        await FailsAsync("NotFoundException", foreign.DescribeKeyAsync(KeyIdentifier.Parse(key.KeyId), default));
        await foreign.CreateKeyAsync(null, null, false, default);
        Assert.Equal([Account, OtherAccount], _store.Accounts);
        IKms china = Connect(LocalCaller.AccountRoot(Account, "aws-cn"), "cn-north-1");
        Assert.StartsWith("arn:aws-cn:kms:cn-north-1:", (await china.CreateKeyAsync(null, null, false, default)).Key.Arn.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_KMS_keeps_within_an_account_is_refused_across_accounts_whatever_the_policy_says()
    {
        KeyArn key = await CreateKeyAsync();
        string open = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}""";
        await _root.PutKeyPolicyAsync(key, open, false, default);
        IKms foreign = Connect(LocalCaller.AccountRoot(OtherAccount), Region);

        await FailsAsync("AccessDeniedException", foreign.ListAliasesAsync(key, default));
        await FailsAsync("AccessDeniedException", foreign.GetKeyPolicyAsync(key, default));
        await FailsAsync("AccessDeniedException", foreign.PutKeyPolicyAsync(key, open, false, default));
        await FailsAsync("AccessDeniedException", foreign.CreateAliasAsync("alias/theirs", key, default));
        await FailsAsync("AccessDeniedException", foreign.ScheduleKeyDeletionAsync(key, 7, default));
        Assert.Equal(key, (await foreign.DescribeKeyAsync(key, default)).Key.Arn);
    }

    [Fact]
    public async Task After_rotation_old_ciphertext_still_opens()
    {
        KeyArn key = await CreateKeyAsync();
        string? first = (await _root.DescribeKeyAsync(key, default)).Key.CurrentKeyMaterialId;
        GeneratedDataKey made = await _role.GenerateDataKeyAsync(key, Context, default);
        await _root.EnableKeyRotationAsync(key, 90, default);
        Assert.Equal(90, (await _root.GetKeyRotationStatusAsync(key, default)).RotationPeriodInDays);
        await _root.RotateKeyOnDemandAsync(key, default);
        Assert.NotEqual(first, (await _root.DescribeKeyAsync(key, default)).Key.CurrentKeyMaterialId);
        Assert.Equal(made.Plaintext, (await _role.DecryptAsync(key, made.CiphertextBlob, Context, default)).Plaintext);
    }

    [Fact]
    public async Task ReEncrypt_moves_a_ciphertext_to_another_key_and_context()
    {
        KeyArn key = await CreateKeyAsync();
        KeyArn next = (await _root.CreateKeyAsync(null, null, false, default)).Key.Arn;
        byte[] secret = RandomNumberGenerator.GetBytes(100);
        EncryptedData before = await _root.EncryptAsync(key, secret, Context, default);
        EncryptedData after = await _root.ReEncryptAsync(key, before.CiphertextBlob, Context, next, EncryptionContext.Empty, default);
        Assert.Equal(next, after.KeyArn);
        Assert.Equal(secret, (await _root.DecryptAsync(next, after.CiphertextBlob, EncryptionContext.Empty, default)).Plaintext);
    }

    [Fact]
    public async Task An_audit_event_names_the_call_the_caller_the_key_and_the_workflow()
    {
        KeyArn key = await CreateKeyAsync();
        GeneratedDataKey made = await _role.GenerateDataKeyAsync(key, Context, default);
        Assert.Equal(
            ("GenerateDataKey", "arn:aws:sts::111122223333:assumed-role/YourImageBuilderExecutionRole/workflow-role-name", "AssumedRole", key.Value, Workflow, made.RequestId),
            (made.AuditEvent!.EventName, made.AuditEvent.Principal, made.AuditEvent.UserIdentity!.Type, made.AuditEvent.KeyArn, made.AuditEvent.WorkflowArn, made.AuditEvent.RequestId));
    }

    [Fact]
    public async Task A_denied_call_says_what_AWS_says()
    {
        KeyArn key = await CreateKeyAsync();
        IKms other = Connect(LocalCaller.AssumeRole(PrincipalArn.Parse($"arn:aws:iam::{Account}:role/Other"), "session"), Region);
        KmsException denied = await FailsAsync("AccessDeniedException", other.DecryptAsync(key, new byte[100], Context, default));
        Assert.Contains(
            $"User: arn:aws:sts::{Account}:assumed-role/Other/session is not authorized to perform: kms:Decrypt on resource: {key} because no identity-based policy allows the kms:Decrypt action",
            denied.Message,
            StringComparison.Ordinal);
        Assert.True(denied.AuditEvent!.IsDenied);
    }

    [Fact]
    public async Task Workflows_are_protected_opened_updated_and_refused()
    {
        KeyArn key = await CreateKeyAsync();
        byte[] document = RandomNumberGenerator.GetBytes(10_000);
        await File.WriteAllBytesAsync(_folder["a.yml"], document);
        var protector = new WorkflowProtector(_role);
        ProtectedWorkflow made = await protector.ProtectFileAsync(
            _folder["a.yml"],
            _folder["a.encrypted"],
            new ProtectionSettings { WorkflowArn = WorkflowArn.Parse(Workflow), Keys = [KeyIdentifier.Parse("alias/ExampleKMSKey")] },
            replace: false,
            default);
        Assert.Equal([key.Value], made.KeyArns);
        Assert.Equal(("GenerateDataKey", made.EncryptionContext), (made.AuditEvent!.EventName, EncryptionContext.Create(made.AuditEvent.EncryptionContext!)));

        WorkflowDocument opened = await protector.OpenFileAsync(
            _folder["a.encrypted"], null, new OpeningSettings { WorkflowArn = Workflow }, keepContent: true, replace: false, default);
        Assert.Equal(document, opened.Content);
        Assert.Equal("Decrypt", opened.AuditEvent!.EventName);

        KeyArn next = (await _root.CreateKeyAsync(KeyPolicy.ForWorkflows([Role]).ToJson(), null, false, default)).Key.Arn;
        ProtectedWorkflow updated = await protector.UpdateFileAsync(
            _folder["a.encrypted"], _folder["a.encrypted"], new OpeningSettings { WorkflowArn = Workflow }, new UpdateSettings { Keys = [next] }, replace: false, default);
        Assert.Equal([next.Value], updated.KeyArns);
        Assert.Equal(["Decrypt", "GenerateDataKey"], updated.AuditEvents.Select(static call => call.EventName));
        await _root.DisableKeyAsync(next, default);
        await FailsAsync("DisabledException", protector.OpenFileAsync(
            _folder["a.encrypted"], _folder["a.open"], new OpeningSettings { WorkflowArn = Workflow, Keys = [next] }, keepContent: false, replace: false, default));
        Assert.False(File.Exists(_folder["a.open"]));
    }

    [Fact]
    public async Task Keys_are_made_and_described_with_alias_rotation_and_policy()
    {
        var keys = new WorkflowKeys(_root);
        WorkflowKey made = await keys.CreateAsync(
            new WorkflowKeySettings { Policy = KeyPolicy.ForWorkflows([Role]), Alias = "Made", Description = "made", RotationPeriodInDays = 100 }, default);
        WorkflowKey described = await keys.DescribeAsync(KeyIdentifier.Parse("alias/Made"), default);
        Assert.Equal((made.Arn, "made", 100, KeyState.Enabled), (described.Arn, described.Description, described.RotationPeriodInDays!.Value, described.State));
        Assert.Equal(["alias/Made"], described.Aliases);
        Assert.Equal(made.Policy!.ToJson(), described.Policy!.ToJson());
        Assert.Equal(["DescribeKey", "ListAliases", "GetKeyRotationStatus", "GetKeyPolicy"], described.AuditEvents.Select(static call => call.EventName));
    }

    [Fact]
    public async Task An_alias_that_someone_else_takes_meanwhile_leaves_a_key_that_is_told()
    {
        KeyArn other = await CreateKeyAsync();
        IKms kms = InterposedKms.Around(_root, call =>
        {
            if (call == "CreateKey")
            {
                _root.CreateAliasAsync("alias/Raced", other, default).GetAwaiter().GetResult();
            }
        });
        KmsException error = await Assert.ThrowsAsync<KmsException>(() => new WorkflowKeys(kms).CreateAsync(new WorkflowKeySettings { Alias = "Raced" }, default));
        Assert.Equal("AlreadyExistsException", error.ErrorId);
        Assert.Matches(@"\AThe key arn:aws:kms:us-west-2:111122223333:key/[0-9a-f-]{36} was made, but then: .*[^.]\. Use the key by its ARN, or schedule its deletion\.\z", error.Message);
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _root.CreateKeyAsync(null, null, false, source.Token));
        Assert.Empty(_store.Accounts);
    }

    private IKms Connect(LocalCaller caller, string region) => Connect(_store, caller, region);

    private static async Task<KmsException> FailsAsync(string errorCode, Task call)
    {
        KmsException error = await Assert.ThrowsAsync<KmsException>(() => call);
        Assert.Equal(errorCode, error.ErrorId);
        Assert.Equal(error.RequestId, error.AuditEvent!.RequestId);
        return error;
    }

    private async Task<KeyArn> CreateKeyAsync()
    {
        KeyArn key = (await _root.CreateKeyAsync(KeyPolicy.ForWorkflows([Role]).ToJson(), "test", false, default)).Key.Arn;
        await _root.CreateAliasAsync("alias/ExampleKMSKey", key, default);
        return key;
    }
}
