using System.Security.Cryptography;
using System.Text;
using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Tests.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Kms;

public sealed class LocalKmsTests : IDisposable
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

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("ibdp-kms-").FullName, "kms");
    private readonly FixedClock _clock = new();
    private readonly LocalKmsStore _store;
    private readonly IKms _root;
    private readonly IKms _role;

    public LocalKmsTests()
    {
        _store = LocalKmsStore.Open(_folder, _clock);
        _root = _store.ForCaller(LocalCaller.AccountRoot(Account), Region);
        _role = _store.ForCaller(LocalCaller.AssumeRole(Role, "workflow-role-name", "imagebuilder.amazonaws.com"), Region);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public async Task An_empty_folder_that_was_open_to_others_is_closed_and_what_came_into_it_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode Everyone = (UnixFileMode)0x1FF;
        Directory.CreateDirectory(_folder);
        File.SetUnixFileMode(_folder, Everyone);
        await CreateKeyAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));

        string other = _folder + "-2";
        Directory.CreateDirectory(other);
        File.SetUnixFileMode(other, Everyone);
        LocalKmsStore store = LocalKmsStore.Open(other, _clock);
        Directory.CreateDirectory(Path.Combine(other, "credentials"));
        var refused = Assert.Throws<DataProtectionException>(store.EnsureCreated);
        Assert.Equal("NotALocalKms", refused.ErrorId);
    }

    [Fact]
    public async Task The_records_of_GenerateDataKey_and_Decrypt_have_the_shape_of_the_pages()
    {
        await CreateKeyAsync();
        GeneratedDataKey made = await _role.GenerateDataKeyAsync(KeyIdentifier.Parse("arn:aws:kms:us-west-2:111122223333:alias/ExampleKMSKey"), Context, default);
        DecryptedData opened = await _role.DecryptAsync(made.KeyArn, made.CiphertextBlob, Context, default);
        Assert.Equal(made.Plaintext, opened.Plaintext);
        Assert.Equal(32, made.Plaintext.Length);
        AssertShape(Examples.GenerateDataKey, made);
        AssertShape(Examples.Decrypt, opened);
        Assert.Equal(["GenerateDataKey", "Decrypt"], Records().Select(static record => record.EventName));

        static void AssertShape(string example, KmsResult result)
        {
            JObject record = JObject.Parse(result.AuditEvent!.ToJson());
            JToken material = record["additionalEventData"]!["keyMaterialId"]!;
            Assert.Matches("^[0-9a-f]{64}$", (string)material!);
            Assert.Equal("1.11", (string?)record["eventVersion"]);
            record.Remove("additionalEventData");
            Assert.Equal(Examples.Shape(JObject.Parse(example)), Examples.Shape(record));
            Assert.Equal(result.RequestId, result.AuditEvent.RequestId);
        }
    }

    [Fact]
    public async Task Records_say_who_called_and_what_happened()
    {
        KeyArn key = await CreateKeyAsync();
        KmsAuditEvent used = (await _role.GenerateDataKeyAsync(key, Context, default)).AuditEvent!;
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/YourImageBuilderExecutionRole/workflow-role-name", used.Principal);
        Assert.Equal(Role.Value, used.UserIdentity!.SessionContext!.SessionIssuer!.Arn);
        Assert.Equal(("imagebuilder.amazonaws.com", "imagebuilder.amazonaws.com", "imagebuilder.amazonaws.com"), (used.InvokedBy, used.SourceIPAddress, used.UserAgent));
        Assert.Matches("^AROA[A-Z2-7]{17}:workflow-role-name$", used.UserIdentity.PrincipalId);
        Assert.Matches("^ASIA[A-Z2-7]{16}$", used.UserIdentity.AccessKeyId);
        Assert.Equal((Workflow, key.Value, Account, _clock.Now.UtcDateTime), (used.WorkflowArn, used.KeyArn, used.RecipientAccountId, used.EventTime));
        KmsAuditEvent described = (await _root.DescribeKeyAsync(key, default)).AuditEvent!;
        Assert.Equal(("Root", $"arn:aws:iam::{Account}:root", "127.0.0.1", null), (described.UserIdentity!.Type, described.Principal, described.SourceIPAddress, described.InvokedBy));
        Assert.Matches(@"^ImageBuilderDataProtection/\d+\.\d+\.\d+ local-kms \.NET/\d", described.UserAgent);
        Assert.NotEqual(described.EventId, (await _root.DescribeKeyAsync(key, default)).AuditEvent!.EventId);
    }

    [Fact]
    public async Task Every_operation_leaves_a_record_with_the_parameters_AWS_shows()
    {
        KeyArn key = await CreateKeyAsync();
        byte[] blob = (await _root.EncryptAsync(key, new byte[] { 1, 2, 3 }, EncryptionContext.Empty, default)).CiphertextBlob;
        await _root.DecryptAsync(key, blob, EncryptionContext.Empty, default);
        await _root.ReEncryptAsync(key, blob, EncryptionContext.Empty, KeyIdentifier.Parse("alias/ExampleKMSKey"), Context, default);
        await _root.DescribeKeyAsync(KeyIdentifier.Parse("alias/ExampleKMSKey"), default);
        await _root.ListAliasesAsync(key, default);
        ReadKeyPolicy policy = await _root.GetKeyPolicyAsync(key, default);
        await _root.PutKeyPolicyAsync(key, policy.Policy, false, default);
        await _root.EnableKeyRotationAsync(key, 365, default);
        Assert.Equal((true, 365), ((await _root.GetKeyRotationStatusAsync(key, default)) is { } status ? (status.KeyRotationEnabled, status.RotationPeriodInDays!.Value) : default));
        await _root.RotateKeyOnDemandAsync(key, default);
        await _root.DisableKeyAsync(key, default);
        await _root.EnableKeyAsync(key, default);
        await _root.ScheduleKeyDeletionAsync(key, 7, default);
        await _root.CancelKeyDeletionAsync(key, default);
        await _root.DeleteAliasAsync("alias/ExampleKMSKey", default);
        string[] expected =
        [
            "CreateKey(policy,description,keyUsage,customerMasterKeySpec,origin,bypassPolicyLockoutSafetyCheck,keySpec) False",
            "CreateAlias(aliasName,targetKeyId) False",
            "Encrypt(keyId,encryptionAlgorithm) True",
            "Decrypt(keyId,encryptionAlgorithm) True",
            "ReEncrypt(sourceEncryptionAlgorithm,sourceKeyId,destinationKeyId,destinationEncryptionAlgorithm,destinationEncryptionContext) True",
            "DescribeKey(keyId) True",
            "ListAliases(keyId) True",
            "GetKeyPolicy(keyId,policyName) True",
            "PutKeyPolicy(keyId,policyName,policy,bypassPolicyLockoutSafetyCheck) False",
            "EnableKeyRotation(keyId,rotationPeriodInDays) False",
            "GetKeyRotationStatus(keyId) True",
            "RotateKey() False",
            "RotateKeyOnDemand(keyId) False",
            "DisableKey(keyId) False",
            "EnableKey(keyId) False",
            "ScheduleKeyDeletion(keyId,pendingWindowInDays) False",
            "CancelKeyDeletion(keyId) False",
            "DeleteAlias(aliasName) False",
        ];
        KmsAuditEvent[] records = Records(all: true);
        Assert.Equal(expected, records.Select(static record => $"{record.EventName}({string.Join(',', record.RequestParameters?.Keys ?? [])}) {record.ReadOnly}"));
        Assert.All(records, static record => Assert.Null(record.ErrorCode));
        Assert.Equal([key.Value, $"arn:aws:kms:{Region}:{Account}:alias/ExampleKMSKey"], records[1].Resources.Select(static resource => resource.Arn));
        JObject reEncrypted = JObject.Parse(records[4].ToJson());
        Assert.Equal(["destinationKeyMaterialId", "sourceKeyMaterialId"], ((JObject)reEncrypted["additionalEventData"]!).Properties().Select(static property => property.Name));
    }

    [Fact]
    public async Task No_record_holds_a_plaintext_data_key_or_ciphertext()
    {
        KeyArn key = await CreateKeyAsync();
        GeneratedDataKey made = await _role.GenerateDataKeyAsync(key, Context, default);
        byte[] secret = RandomNumberGenerator.GetBytes(24);
        EncryptedData encrypted = await _root.EncryptAsync(key, secret, Context, default);
        await _root.DecryptAsync(key, encrypted.CiphertextBlob, Context, default);
        string trail = string.Concat(Records(all: true).Select(static record => record.ToJson()));
        foreach (byte[] bytes in new[] { made.Plaintext, made.CiphertextBlob, secret, encrypted.CiphertextBlob })
        {
            Assert.DoesNotContain(Convert.ToBase64String(bytes), trail, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(bytes), trail, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void The_additional_data_tells_all_contexts_apart()
    {
        KeyArn key = KeyArn.Create("aws", Region, Account, Guid.NewGuid().ToString());
        byte[] material = new byte[32];
        string id = LocalKeyFiles.NewMaterialId();
        Gen<EncryptionContext> contexts = Gen.Dictionary(Gen.String[Gen.Char["ab\0\u0001"], 0, 3], Gen.String[Gen.Char["ab\0\u0001"], 0, 3])[0, 3].Select(static pairs => EncryptionContext.Create(pairs));
        Gen.Select(contexts, contexts).Sample((sealing, opening) =>
        {
            byte[] blob = LocalCiphertext.Seal(key, id, material, [1, 2, 3], sealing);
            return (LocalCiphertext.Open(key, material, blob, opening) is not null) == sealing.Equals(opening);
        });
    }

    [Fact]
    public async Task After_rotation_new_material_encrypts_and_old_ciphertext_still_opens()
    {
        KeyArn key = await CreateKeyAsync();
        var made = new List<GeneratedDataKey>();
        for (int i = 0; i < 4; i++)
        {
            made.Add(await _role.GenerateDataKeyAsync(key, Context, default));
            await _root.RotateKeyOnDemandAsync(key, default);
        }

        Assert.Equal(4, made.Select(static one => (string)JObject.Parse(one.AuditEvent!.ToJson())["additionalEventData"]!["keyMaterialId"]!).Distinct().Count());
        foreach (GeneratedDataKey one in made)
        {
            Assert.Equal(one.Plaintext, (await _role.DecryptAsync(key, one.CiphertextBlob, Context, default)).Plaintext);
        }

        for (int i = 4; i < 25; i++)
        {
            await _root.RotateKeyOnDemandAsync(key, default);
        }

        await FailsAsync("LimitExceededException", _root.RotateKeyOnDemandAsync(key, default));
    }

    [Fact]
    public async Task A_key_with_rotation_enabled_rotates_when_it_is_due()
    {
        KeyArn key = await CreateKeyAsync();
        string? first = (await _root.DescribeKeyAsync(key, default)).Key.CurrentKeyMaterialId;
        byte[] blob = (await _role.GenerateDataKeyAsync(key, Context, default)).CiphertextBlob;
        await _root.EnableKeyRotationAsync(key, 90, default);
        _clock.Now += TimeSpan.FromDays(89);
        await _role.GenerateDataKeyAsync(key, Context, default);
        Assert.Equal(first, (await _root.DescribeKeyAsync(key, default)).Key.CurrentKeyMaterialId);
        _clock.Now += TimeSpan.FromDays(2);
        await _role.GenerateDataKeyAsync(key, Context, default);
        await _role.GenerateDataKeyAsync(key, Context, default);
        Assert.NotEqual(first, (await _root.DescribeKeyAsync(key, default)).Key.CurrentKeyMaterialId);
        Assert.Single(Records(all: true), static record => record.EventName == "RotateKey");
        await _role.DecryptAsync(key, blob, Context, default);
    }

    [Fact]
    public async Task A_key_is_gone_when_its_deletion_date_has_passed()
    {
        KeyArn key = await CreateKeyAsync();
        await _root.ScheduleKeyDeletionAsync(key, 7, default);
        _clock.Now += TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1);
        await _root.DescribeKeyAsync(key, default);
        _clock.Now += TimeSpan.FromSeconds(1);
        await FailsAsync("NotFoundException", _root.DescribeKeyAsync(KeyIdentifier.Parse("alias/ExampleKMSKey"), default));
        Assert.False(Directory.Exists(Path.Combine(_folder, "keys", Account, Region, key.KeyId)));
        await FailsAsync("NotFoundException", _root.CancelKeyDeletionAsync(key, default));
        Assert.Contains(Records(all: true), static record => record.EventName == "DeleteKey");
        KeyArn next = (await _root.CreateKeyAsync(null, null, false, default)).Key.Arn;
        await _root.CreateAliasAsync("alias/ExampleKMSKey", next, default);
    }

    [Theory]
    [InlineData("""{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringLike":{"aws:userid":"*:session"}}}""", "aws:userid is not known")]
    [InlineData("""{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"Null":{"aws:SourceIp":"false"}}}""", "aws:SourceIp is not known")]
    [InlineData("""{"Effect":"Allow","Principal":"*","NotAction":[],"Resource":"*"}""", "is empty")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"kms:*","NotResource":[]}""", "is empty")]
    public async Task A_policy_that_would_be_understood_otherwise_than_in_AWS_is_refused(string statement, string why)
    {
        KeyArn key = await CreateKeyAsync();
        string policy = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"},{{statement}}]}""";

        KmsException refused = await FailsAsync("MalformedPolicyDocumentException", _root.PutKeyPolicyAsync(key, policy, false, default));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_call_says_what_AWS_says_and_leaves_its_record()
    {
        KeyArn key = await CreateKeyAsync();
        IKms other = _store.ForCaller(LocalCaller.AssumeRole(PrincipalArn.Parse($"arn:aws:iam::{Account}:role/Other"), "session"), Region);
        KmsException denied = await FailsAsync("AccessDeniedException", other.DecryptAsync(key, new byte[100], Context, default));
        Assert.Equal(
            $"User: arn:aws:sts::{Account}:assumed-role/Other/session is not authorized to perform: kms:Decrypt on resource: {key} because no identity-based policy allows the kms:Decrypt action",
            denied.Message);
        KmsAuditEvent record = denied.AuditEvent!;
        Assert.Equal((true, "AccessDenied", denied.Message, denied.RequestId, Workflow), (record.IsDenied, record.ErrorCode, record.ErrorMessage, record.RequestId, record.WorkflowArn));
        Assert.Equal(record.ToJson(), Records()[^1].ToJson());
        Assert.DoesNotContain("additionalEventData", record.ToJson(), StringComparison.Ordinal);

        string onlyRole = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" + Role + "\"},\"Action\":\"kms:Decrypt\",\"Resource\":\"*\"}," +
            "{\"Effect\":\"Deny\",\"Principal\":{\"AWS\":\"" + Role + "\"},\"Action\":\"kms:GenerateDataKey\",\"Resource\":\"*\"}]}";
        await _root.PutKeyPolicyAsync(key, onlyRole, true, default);
        Assert.EndsWith("because no resource-based policy allows the kms:Decrypt action", (await FailsAsync("AccessDeniedException", other.DecryptAsync(key, new byte[100], Context, default))).Message, StringComparison.Ordinal);
        Assert.EndsWith("with an explicit deny in a resource-based policy", (await FailsAsync("AccessDeniedException", _role.GenerateDataKeyAsync(key, Context, default))).Message, StringComparison.Ordinal);
        await FailsAsync("AccessDeniedException", _role.CreateKeyAsync(null, null, false, default));
        await FailsAsync("AccessDeniedException", _role.ListAliasesAsync(key, default));
    }

    [Fact]
    public async Task Role_policies_count_where_the_key_policy_delegates()
    {
        KeyArn key = (await _root.CreateKeyAsync(null, null, false, default)).Key.Arn;
        await FailsAsync("AccessDeniedException", _role.GenerateDataKeyAsync(key, Context, default));
        string path = _store.RolePolicyPath(Role);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, PolicyDocument.ForExecutionRole([key]).ToJson());
        await _role.GenerateDataKeyAsync(key, Context, default);
        await FailsAsync("AccessDeniedException", _role.GenerateDataKeyAsync(key, Context.WithoutReserved().With("x", "y") is { } more ? EncryptionContext.Create(more.Where(static pair => pair.Key == "x")) : Context, default));
        string Until(string date) => $"{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{{\"DateLessThan\":{{\"aws:CurrentTime\":\"{date}\"}}}}}}}}";
        File.WriteAllText(path, Until("9000-01-01T00:00:00Z"));
        await _role.GenerateDataKeyAsync(key, Context, default);
        File.WriteAllText(path, Until("2000-01-01T00:00:00Z"));
        await FailsAsync("AccessDeniedException", _role.GenerateDataKeyAsync(key, Context, default));
        File.WriteAllText(path, Until("tomorrow"));
        Assert.Equal("RolePolicyUnsupported", (await Assert.ThrowsAsync<DataProtectionException>(() => _role.GenerateDataKeyAsync(key, Context, default))).ErrorId);
    }

    [Fact]
    public async Task Conditions_on_the_service_and_on_aliases_are_evaluated()
    {
        KeyArn key = await CreateKeyAsync();
        string Policy(string condition) => "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:GenerateDataKey\",\"Resource\":\"*\",\"Condition\":" + condition + "}," +
            "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"kms:PutKeyPolicy\",\"Resource\":\"*\"}]}";
        IKms direct = _store.ForCaller(LocalCaller.AssumeRole(Role), Region);
        await _root.PutKeyPolicyAsync(key, Policy("{\"StringEquals\":{\"kms:ViaService\":\"imagebuilder.us-west-2.amazonaws.com\"}}"), false, default);
        await _role.GenerateDataKeyAsync(key, Context, default);
        await FailsAsync("AccessDeniedException", direct.GenerateDataKeyAsync(key, Context, default));
        await _root.PutKeyPolicyAsync(key, Policy("{\"StringEquals\":{\"kms:RequestAlias\":\"alias/ExampleKMSKey\"}}"), false, default);
        await direct.GenerateDataKeyAsync(KeyIdentifier.Parse("alias/ExampleKMSKey"), Context, default);
        await FailsAsync("AccessDeniedException", direct.GenerateDataKeyAsync(key, Context, default));
        await _root.PutKeyPolicyAsync(key, Policy("{\"ForAnyValue:StringEquals\":{\"kms:ResourceAliases\":\"alias/ExampleKMSKey\"}}"), false, default);
        await direct.GenerateDataKeyAsync(key, Context, default);
        await _root.PutKeyPolicyAsync(key, Policy("{\"ForAnyValue:StringEquals\":{\"kms:ResourceAliases\":\"alias/other\"}}"), false, default);
        await FailsAsync("AccessDeniedException", direct.GenerateDataKeyAsync(key, Context, default));
    }

    [Fact]
    public async Task A_call_across_accounts_is_recorded_in_both_and_a_denied_one_in_the_callers_only()
    {
        KeyArn key = await CreateKeyAsync();
        var otherRole = PrincipalArn.Parse($"arn:aws:iam::{OtherAccount}:role/Other");
        IKms foreign = _store.ForCaller(LocalCaller.AssumeRole(otherRole, "session", "imagebuilder.amazonaws.com"), Region);
        const string Hidden = "on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access";
        string absent = key.Value[..^1] + (key.Value[^1] == '0' ? '1' : '0');
        KmsException denied = await FailsAsync("AccessDeniedException", foreign.GenerateDataKeyAsync(key, Context, default));
        KmsException unknown = await FailsAsync("AccessDeniedException", foreign.GenerateDataKeyAsync(KeyIdentifier.Parse(absent), Context, default));
        Assert.EndsWith(Hidden, denied.Message, StringComparison.Ordinal);
        Assert.Equal(denied.Message, unknown.Message);
        Assert.Empty(denied.AuditEvent!.Resources);
        Assert.Null(denied.AuditEvent.SharedEventId);
        Assert.Equal([OtherAccount, OtherAccount], Records().Select(static record => record.RecipientAccountId));

        string policy = (await _root.GetKeyPolicyAsync(key, default)).Policy.Replace($"arn:aws:iam::{Account}:role/YourImageBuilderExecutionRole", otherRole.Value, StringComparison.Ordinal);
        await _root.PutKeyPolicyAsync(key, policy, false, default);
        Assert.EndsWith("because no identity-based policy allows the kms:GenerateDataKey action", (await FailsAsync("AccessDeniedException", foreign.GenerateDataKeyAsync(key, Context, default))).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.GetDirectoryName(_store.RolePolicyPath(otherRole))!);
        File.WriteAllText(_store.RolePolicyPath(otherRole), PolicyDocument.ForExecutionRole([key]).ToJson());
        GeneratedDataKey made = await foreign.GenerateDataKeyAsync(key, Context, default);
        KmsAuditEvent[] pair = Records()[^2..];
        Assert.Equal([OtherAccount, Account], pair.Select(static record => record.RecipientAccountId));
        Assert.Equal(pair[0].SharedEventId, pair[1].SharedEventId);
        Assert.NotNull(pair[0].SharedEventId);
        Assert.NotEqual(pair[0].EventId, pair[1].EventId);
        Assert.Equal((made.AuditEvent!.ToJson(), "AWSAccount", OtherAccount), (pair[0].ToJson(), pair[1].UserIdentity!.Type, pair[1].UserIdentity!.AccountId));
    }

    [Fact]
    public async Task A_deletion_that_is_cancelled_while_another_call_waits_to_do_it_is_not_done()
    {
        KeyArn key = await CreateKeyAsync();
        GeneratedDataKey made = await _role.GenerateDataKeyAsync(key, Context, default);
        await _root.ScheduleKeyDeletionAsync(key, 7, default);
        var files = new LocalKeyFiles(_store);
        LocalKey due = files.Find(Account, Region, key.KeyId)!;
        _clock.Now = _clock.Now.AddDays(8);

        // CancelKeyDeletion has the lock and began before the date; DescribeKey comes after the date and waits.
        Task<DescribedKey> describing;
        using (await StoreLock.AcquireAsync(_folder, default))
        {
            describing = _root.DescribeKeyAsync(key, default);
            await Task.Delay(50);
            files.Write(due with { State = KeyState.Disabled, DeletionDate = null });
        }

        Assert.Equal(KeyState.Disabled, (await describing).Key.State);
        await _root.EnableKeyAsync(key, default);
        Assert.Equal(made.Plaintext, (await _role.DecryptAsync(key, made.CiphertextBlob, Context, default)).Plaintext);
    }

    [Fact]
    public async Task A_role_policy_that_cannot_be_read_is_told_and_the_call_is_in_the_trail()
    {
        KeyArn key = await CreateKeyAsync();
        string path = _store.RolePolicyPath(Role);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, [(byte)'"', 0xFF, (byte)'"']);

        var error = await Assert.ThrowsAsync<DataProtectionException>(() => _role.GenerateDataKeyAsync(key, Context, default));

        Assert.Equal("RolePolicyUnreadable", error.ErrorId);
        KmsAuditEvent record = Records()[^1];
        Assert.Equal(("GenerateDataKey", "KMSInternalException"), (record.EventName, record.ErrorCode));
    }

    [Fact]
    public async Task A_file_system_that_refuses_is_one_clear_error()
    {
        await File.WriteAllTextAsync(_folder + "-file", "");

        var error = await Assert.ThrowsAsync<DataProtectionException>(
            () => LocalKmsStore.Open(_folder + "-file/kms").ForCaller(LocalCaller.AccountRoot(Account), Region).CreateKeyAsync(null, null, false, default));

        Assert.Equal("LocalKmsUnavailable", error.ErrorId);
    }

    [Fact]
    public async Task Files_and_folders_are_the_owners_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await CreateKeyAsync();
        foreach (string path in Directory.EnumerateDirectories(_folder, "*", SearchOption.AllDirectories).Append(_folder))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }

        string[] files = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);
        foreach (string path in files)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.Contains(files, static path => path.EndsWith(".key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_trail_has_CloudTrails_names_and_their_order_is_that_of_the_calls()
    {
        KeyArn key = await CreateKeyAsync();
        var expected = new List<string> { "CreateKey", "CreateAlias" };
        for (int i = 0; i < 30; i++)
        {
            await _root.DescribeKeyAsync(key, default);
            await _root.GetKeyPolicyAsync(key, default);
            expected.AddRange(["DescribeKey", "GetKeyPolicy"]);
        }

        Assert.Equal(expected, Records(all: true).Select(static record => record.EventName));
        string folder = Path.Combine(_store.TrailFolder, "AWSLogs", Account, "CloudTrail", Region, "2024", "05", "06");
        Assert.All(Directory.GetFiles(folder), static path => Assert.Matches($"^{Account}_CloudTrail_{Region}_20240506T0708Z_[0-9a-z]{{16}}\\.json\\.gz$", Path.GetFileName(path)));
    }

    [Fact]
    public async Task A_folder_with_something_else_is_refused_and_a_store_is_opened_again()
    {
        KeyArn key = await CreateKeyAsync();
        Assert.Equal(key, (await LocalKmsStore.Open(_folder).ForCaller(LocalCaller.AccountRoot(Account), Region).DescribeKeyAsync(key, default)).Key.Arn);
        string other = Directory.CreateDirectory(Path.Combine(_folder, "..", "other")).FullName;
        Assert.Empty(LocalKmsStore.Open(other).Accounts);
        Assert.Empty(Directory.GetFileSystemEntries(other));
        File.WriteAllText(Path.Combine(other, "mine.txt"), "");
        Assert.Equal("NotALocalKms", Assert.Throws<DataProtectionException>(() => LocalKmsStore.Open(other)).ErrorId);
        Assert.Equal("NotALocalKms", Assert.Throws<DataProtectionException>(() => LocalKmsStore.Open(Path.Combine(other, "mine.txt"))).ErrorId);
        File.WriteAllText(Path.Combine(_folder, "local-kms.json"), "{\"format\":\"ImageBuilderDataProtection local KMS\",\"version\":2}");
        Assert.Equal("LocalKmsVersionUnsupported", Assert.Throws<DataProtectionException>(() => LocalKmsStore.Open(_folder)).ErrorId);
    }

    [Fact]
    public async Task A_damaged_key_file_is_told()
    {
        KeyArn key = await CreateKeyAsync();
        string path = Path.Combine(_folder, "keys", Account, Region, key.KeyId, "key.json");
        foreach (string content in new[] { "", "{}", "{\"keyArn\":1}", File.ReadAllText(path).Replace("Enabled", "Odd", StringComparison.Ordinal) })
        {
            File.WriteAllText(path, content);
            DataProtectionException error = await Assert.ThrowsAsync<DataProtectionException>(() => _root.DescribeKeyAsync(key, default));
            Assert.Equal("LocalKmsDamaged", error.ErrorId);
        }
    }

    [Theory]
    [InlineData("InvalidRegion", "US-WEST-2", "imagebuilder.amazonaws.com", "session")]
    [InlineData("InvalidRegion", "../x-1", "imagebuilder.amazonaws.com", "session")]
    [InlineData("InvalidServicePrincipal", Region, "imagebuilder", "session")]
    [InlineData("InvalidSessionName", Region, "imagebuilder.amazonaws.com", "a b")]
    public void Bad_callers_are_refused(string errorId, string region, string service, string session) =>
        Assert.Equal(errorId, Assert.Throws<DataProtectionException>(() => _store.ForCaller(LocalCaller.AssumeRole(Role, session, service), region)).ErrorId);

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _root.CreateKeyAsync(null, null, false, source.Token));
        Assert.False(Directory.Exists(_folder));
    }

    private static async Task<KmsException> FailsAsync(string errorCode, Task call)
    {
        KmsException error = await Assert.ThrowsAsync<KmsException>(() => call);
        Assert.Equal(errorCode, error.ErrorId);
        Assert.Equal(errorCode == "AccessDeniedException" ? "AccessDenied" : errorCode, error.AuditEvent!.ErrorCode);
        Assert.Equal((error.RequestId, error.Message), (error.AuditEvent.RequestId, error.AuditEvent.ErrorMessage));
        return error;
    }

    private async Task<KeyArn> CreateKeyAsync()
    {
        KeyPolicy policy = KeyPolicy.ForWorkflows([Role]);
        KeyArn key = (await _root.CreateKeyAsync(policy.ToJson(), "test", false, default)).Key.Arn;
        await _root.CreateAliasAsync("alias/ExampleKMSKey", key, default);
        return key;
    }

    private KmsAuditEvent[] Records(bool all = false)
    {
        var errors = new List<AuditReadException>();
        KmsAuditEvent[] records = [.. new AuditReader { Filter = new() { AllKmsEvents = all } }.Read([_store.TrailFolder], errors.Add)];
        Assert.Empty(errors);
        return records;
    }

    private sealed class FixedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
