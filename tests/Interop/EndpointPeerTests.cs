using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Kms.Local.Endpoint;
using ImageBuilderDataProtection.Protection;
using ImageBuilderDataProtection.Workflows;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>The endpoint of the local KMS, asked by the JavaScript AWS SDK.</summary>
public sealed class EndpointPeerTests : IDisposable
{
    private const string Account = "111122223333";
    private const string Region = "us-west-2";
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";

    private static readonly string[] Served =
    [
        "CancelKeyDeletion", "CreateAlias", "CreateKey", "Decrypt", "DeleteAlias", "DescribeKey", "DisableKey", "EnableKey", "EnableKeyRotation", "Encrypt",
        "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GetKeyPolicy", "GetKeyRotationStatus", "ListAliases", "ListKeys", "ListResourceTags", "PutKeyPolicy",
        "ReEncrypt", "RotateKeyOnDemand", "ScheduleKeyDeletion", "TagResource", "UntagResource",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("ibdp-endpoint-").FullName;
    private readonly LocalKmsStore _store;
    private readonly LocalKmsEndpoint _endpoint;
    private readonly Lazy<JavaScriptPeer> _peer = new(static () => JavaScriptPeer.Start(PeerLibrary.KmsClient));

    public EndpointPeerTests()
    {
        _store = LocalKmsStore.Open(Path.Combine(_folder, "kms"));
        _endpoint = LocalKmsEndpoint.Start(_store, new LocalKmsEndpointSettings { Account = Account, Region = Region });
    }

    public void Dispose()
    {
        if (_peer.IsValueCreated)
        {
            _peer.Value.Dispose();
        }

        _endpoint.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [PeerFact(PeerLibrary.KmsClient)]
    public void Their_client_can_do_all_that_is_served()
    {
        JObject key = (JObject)Call("CreateKey", new { Description = "From JavaScript", Tags = new[] { new { TagKey = "team", TagValue = "images" } } })["KeyMetadata"]!;
        string arn = (string)key["Arn"]!;
        Assert.Equal(
            (Account, "From JavaScript", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", true),
            ((string)key["AWSAccountId"]!, (string)key["Description"]!, (string)key["KeySpec"]!, (string)key["KeyUsage"]!, (bool)key["Enabled"]!));
        Assert.InRange(DateTimeOffset.Parse((string)key["CreationDate"]!, null), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        string other = (string)Call("CreateKey", new { })["KeyMetadata"]!["Arn"]!;
        Call("CreateAlias", new { AliasName = "alias/builds", TargetKeyId = arn });
        Assert.Equal(arn, (string)Call("DescribeKey", new { KeyId = "alias/builds" })["KeyMetadata"]!["Arn"]!);
        Assert.Equal(2, Call("ListKeys", new { })["Keys"]!.Count());
        Assert.Equal("alias/builds", (string)Assert.Single(Call("ListAliases", new { })["Aliases"]!)["AliasName"]!);
        Call("TagResource", new { KeyId = arn, Tags = new[] { new { TagKey = "stage", TagValue = "test" } } });
        Assert.Equal(["stage", "team"], Call("ListResourceTags", new { KeyId = arn })["Tags"]!.Select(static tag => (string)tag["TagKey"]!));
        Call("UntagResource", new { KeyId = arn, TagKeys = (List<string>)["stage"] });
        Assert.Single(Call("ListResourceTags", new { KeyId = arn })["Tags"]!);

        var context = new Dictionary<string, string> { ["aws:imagebuilder:arn"] = Workflow, ["équipe"] = "plataforma ñ \U0001F600" };
        string plaintext = Convert.ToBase64String("a workflow"u8);
        JObject encrypted = Call("Encrypt", new { KeyId = "alias/builds", Plaintext = plaintext, EncryptionContext = context });
        JObject again = Call("ReEncrypt", new { CiphertextBlob = (string)encrypted["CiphertextBlob"]!, SourceEncryptionContext = context, DestinationKeyId = other });
        Assert.Equal((arn, other), ((string)again["SourceKeyId"]!, (string)again["KeyId"]!));
        Assert.Equal(plaintext, (string)Call("Decrypt", new { CiphertextBlob = (string)encrypted["CiphertextBlob"]!, EncryptionContext = context, KeyId = arn })["Plaintext"]!);
        Assert.Equal(plaintext, (string)Call("Decrypt", new { CiphertextBlob = (string)again["CiphertextBlob"]! })["Plaintext"]!);
        JObject dataKey = Call("GenerateDataKey", new { KeyId = arn, KeySpec = "AES_256", EncryptionContext = context });
        Assert.Equal(32, Convert.FromBase64String((string)dataKey["Plaintext"]!).Length);
        Assert.NotNull(Call("GenerateDataKeyWithoutPlaintext", new { KeyId = arn, NumberOfBytes = 16 })["CiphertextBlob"]);

        string policy = (string)Call("GetKeyPolicy", new { KeyId = arn, PolicyName = "default" })["Policy"]!;
        Call("PutKeyPolicy", new { KeyId = arn, PolicyName = "default", Policy = policy });
        Call("EnableKeyRotation", new { KeyId = arn, RotationPeriodInDays = 90 });
        JObject rotation = Call("GetKeyRotationStatus", new { KeyId = arn });
        Assert.Equal((true, 90), ((bool)rotation["KeyRotationEnabled"]!, (int)rotation["RotationPeriodInDays"]!));
        Call("RotateKeyOnDemand", new { KeyId = arn });
        Assert.Equal(plaintext, (string)Call("Decrypt", new { CiphertextBlob = (string)encrypted["CiphertextBlob"]!, EncryptionContext = context })["Plaintext"]!);
        Call("DisableKey", new { KeyId = arn });
        AssertRefused("DisabledException", "Encrypt", new { KeyId = arn, Plaintext = plaintext });
        Call("EnableKey", new { KeyId = arn });
        JObject scheduled = Call("ScheduleKeyDeletion", new { KeyId = arn, PendingWindowInDays = 7 });
        Assert.Equal(("PendingDeletion", 7), ((string)scheduled["KeyState"]!, (int)scheduled["PendingWindowInDays"]!));
        Assert.Equal((string)scheduled["DeletionDate"]!, (string)Call("DescribeKey", new { KeyId = arn })["KeyMetadata"]!["DeletionDate"]!);
        Assert.Equal(arn, (string)Call("CancelKeyDeletion", new { KeyId = arn })["KeyId"]!);
        string requestId = (string)Call("DeleteAlias", new { AliasName = "alias/builds" })["requestId"]!;

        Assert.Equal(Served, Records().Select(static record => record.EventName).Where(static name => name != "RotateKey").Distinct().Order(StringComparer.Ordinal));
        KmsAuditEvent last = Records()[^1];
        Assert.Equal(("DeleteAlias", requestId, "127.0.0.1"), (last.EventName, last.RequestId, last.SourceIPAddress));
        Assert.StartsWith("aws-sdk-js/3.", last.UserAgent, StringComparison.Ordinal);
    }

    [PeerFact(PeerLibrary.KmsClient)]
    public void What_is_not_served_is_refused_by_its_name()
    {
        string[] all = Ask(new { op = "commands" })["commands"]!.Select(static command => (string)command!).ToArray();
        Assert.True(all.Length > 50 && Served.All(all.Contains), string.Join(' ', all));

        // The client itself asks for what an operation cannot do without; the name is what counts here.
        var input = new
        {
            KeyId = "alias/a", KeyArn = "a", KeyPairSpec = "RSA_2048", MacAlgorithm = "HMAC_SHA_256", Message = "", Signature = "", SigningAlgorithm = "ECDSA_SHA_256", CustomKeyStoreName = "a",
            CustomKeyStoreId = "cks-a", Operations = new[] { "Decrypt" }, GranteePrincipal = "a", RetiringPrincipal = "a", PrimaryRegion = "us-east-1", ReplicaRegion = "us-east-1",
            KeyAgreementAlgorithm = "ECDH", PublicKey = "", ImportToken = "", EncryptedKeyMaterial = "", WrappingAlgorithm = "RSAES_OAEP_SHA_256", WrappingKeySpec = "RSA_2048", AliasName = "alias/a",
            TargetKeyId = "a", Description = "a", Mac = "", GrantId = "a",
        };
        foreach (string command in all.Except(Served))
        {
            AssertRefused("UnknownOperationException", command, input);
        }
    }

    [PeerFact(PeerLibrary.KmsClient)]
    public void Refusals_of_KMS_are_their_exceptions()
    {
        string arn = (string)Call("CreateKey", new { })["KeyMetadata"]!["Arn"]!;
        Call("CreateAlias", new { AliasName = "alias/builds", TargetKeyId = arn });
        string blob = (string)Call("Encrypt", new { KeyId = arn, Plaintext = "AA==", EncryptionContext = new { a = "b" } })["CiphertextBlob"]!;
        AssertRefused("NotFoundException", "DescribeKey", new { KeyId = "alias/none" });
        AssertRefused("AlreadyExistsException", "CreateAlias", new { AliasName = "alias/builds", TargetKeyId = arn });
        AssertRefused("InvalidCiphertextException", "Decrypt", new { CiphertextBlob = blob, EncryptionContext = new { a = "B" } });
        AssertRefused("MalformedPolicyDocumentException", "PutKeyPolicy", new { KeyId = arn, Policy = "{}" });
        AssertRefused("UnsupportedOperationException", "Encrypt", new { KeyId = arn, Plaintext = "AA==", DryRun = true });
        AssertRefused("UnsupportedOperationException", "Decrypt", new { CiphertextBlob = blob, GrantTokens = (List<string>)["token"] });
        AssertRefused("ValidationException", "GenerateDataKey", new { KeyId = arn, NumberOfBytes = 1025 });
    }

    [PeerFact(PeerLibrary.KmsClient)]
    public void A_wrong_secret_date_or_region_is_refused()
    {
        AssertRefused("InvalidSignatureException: The request signature we calculated does not match", "ListKeys", new { }, secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        AssertRefused("InvalidSignatureException: Credential should be scoped to a valid region, not 'us-east-1'", "ListKeys", new { }, region: "us-east-1");
        AssertRefused("InvalidSignatureException: Signature expired", "ListKeys", new { }, clockOffset: -301_000);
        AssertRefused("InvalidSignatureException: Signature not yet current", "ListKeys", new { }, clockOffset: 310_000);
        AssertRefused("UnrecognizedClientException", "ListKeys", new { }, accessKeyId: "AKIAIOSFODNN7EXAMPLE");
        Assert.Empty(Records());
    }

    [PeerFact(PeerLibrary.KmsClient)]
    public void Equal_calls_at_once_are_all_answered()
    {
        string arn = (string)Call("CreateKey", new { })["KeyMetadata"]!["Arn"]!;
        JToken outputs = Ask(Request("DescribeKey", new { KeyId = arn }, times: 50))["outputs"]!;
        Assert.Equal(50, outputs.Select(static output => (string)output["requestId"]!).Distinct().Count());
    }

    [PeerFact(PeerLibrary.KmsClient)]
    public async Task A_message_of_their_keyring_opens_here()
    {
        string arn = (string)Call("CreateKey", new { })["KeyMetadata"]!["Arn"]!;
        byte[] document = Encoding.UTF8.GetBytes("name: sample-encrypted-workflow\n");
        JObject made = Ask(Keyring("encrypt", arn, new JObject
        {
            ["plaintext"] = Convert.ToBase64String(document),
            ["context"] = new JObject { [EncryptionContext.WorkflowArnKey] = Workflow },
        }));
        string file = Path.Combine(_folder, "build.yml.encrypted");
        await File.WriteAllBytesAsync(file, Convert.FromBase64String((string)made["message"]!));
        WorkflowDocument opened = await new WorkflowProtector(InProcess()).OpenFileAsync(
            file, target: null, new OpeningSettings { WorkflowArn = Workflow }, keepContent: true, replace: false, CancellationToken.None);
        Assert.Equal(document, opened.Content);
        Assert.Equal(["CreateKey", "GenerateDataKey", "Decrypt"], Records().Select(static record => record.EventName));
        Assert.Equal(Workflow, Records()[1].WorkflowArn);
    }

    [PeerFact(PeerLibrary.KmsClient)]
    public async Task Our_message_opens_by_their_keyring()
    {
        string arn = (string)Call("CreateKey", new { })["KeyMetadata"]!["Arn"]!;
        string source = Path.Combine(_folder, "build.yml");
        await File.WriteAllTextAsync(source, "name: sample-encrypted-workflow\n");
        var settings = new ProtectionSettings { WorkflowArn = WorkflowArn.Parse(Workflow), Keys = [KeyIdentifier.Parse(arn)] };
        await new WorkflowProtector(InProcess()).ProtectFileAsync(source, source + ".encrypted", settings, replace: false, CancellationToken.None);
        string message = Convert.ToBase64String(await File.ReadAllBytesAsync(source + ".encrypted"));
        JObject opened = Ask(Keyring("decrypt", arn, new JObject { ["message"] = message }));
        Assert.Equal(await File.ReadAllBytesAsync(source), Convert.FromBase64String((string)opened["plaintext"]!));
        Assert.Equal(Workflow, (string)opened["context"]![EncryptionContext.WorkflowArnKey]!);
    }

    private IKms InProcess() => _store.ForCaller(LocalCaller.AccountRoot(Account), Region);

    private JObject Ask(object request) => _peer.Value.Ask(request);

    private JObject Call(string command, object input) => (JObject)Ask(Request(command, input))["output"]!;

    private void AssertRefused(
        string start, string command, object input, string? secret = null, string? accessKeyId = null, string region = Region, int clockOffset = 0)
    {
        JavaScriptPeerException refusal = Assert.Throws<JavaScriptPeerException>(
            () => Ask(Request(command, input, times: null, secret, accessKeyId, region, clockOffset)));
        Assert.True(refusal.Message.StartsWith(start, StringComparison.Ordinal), $"{command}: {refusal.Message}");
    }

    private object Request(
        string command, object input, int? times = null, string? secret = null, string? accessKeyId = null, string region = Region, int clockOffset = 0) => new
    {
        op = "call",
        command,
        input,
        times,
        endpoint = _endpoint.Url.OriginalString,
        region,
        clockOffset,
        credentials = new
        {
            accessKeyId = accessKeyId ?? _endpoint.Credentials.AccessKeyId,
            secretAccessKey = secret ?? _endpoint.Credentials.SecretAccessKey,
        },
    };

    private JObject Keyring(string operation, string keyId, JObject rest)
    {
        rest["op"] = operation;
        rest["keyId"] = keyId;
        rest["endpoint"] = _endpoint.Url.OriginalString;
        rest["credentials"] = new JObject
        {
            ["accessKeyId"] = _endpoint.Credentials.AccessKeyId,
            ["secretAccessKey"] = _endpoint.Credentials.SecretAccessKey,
        };
        return rest;
    }

    private List<KmsAuditEvent> Records() => Directory.Exists(_store.TrailFolder)
        ? [.. new AuditReader { Filter = new() { AllKmsEvents = true } }.Read([_store.TrailFolder], static error => throw error)]
        : [];
}
