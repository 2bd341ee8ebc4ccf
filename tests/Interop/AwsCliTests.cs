using System.Diagnostics;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Kms.Local.Endpoint;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>The endpoint of the local KMS, asked by the AWS CLI.</summary>
public sealed class AwsCliTests : IDisposable
{
    private const string Account = "111122223333";
    private const string Role = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";

    private readonly string _folder = Directory.CreateTempSubdirectory("ibdp-cli-").FullName;
    private readonly LocalKmsStore _store;
    private readonly LocalKmsEndpoint _endpoint;

    public AwsCliTests()
    {
        _store = LocalKmsStore.Open(Path.Combine(_folder, "kms"));
        _endpoint = LocalKmsEndpoint.Start(_store, new LocalKmsEndpointSettings { Account = Account, Region = "us-west-2" });
    }

    public void Dispose()
    {
        _endpoint.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [AwsCliFact]
    public async Task It_makes_a_key_encrypts_decrypts_and_looks_up_the_events()
    {
        string arn = (string)(await RunAsync("kms", "create-key", "--description", "From the CLI"))["KeyMetadata"]!["Arn"]!;
        await RunAsync("kms", "create-alias", "--alias-name", "alias/builds", "--target-key-id", arn);
        string plain = Path.Combine(_folder, "plain");
        string blob = Path.Combine(_folder, "blob");
        await File.WriteAllTextAsync(plain, "a workflow");
        JObject encrypted = await RunAsync("kms", "encrypt", "--key-id", "alias/builds", "--plaintext", $"fileb://{plain}", "--encryption-context", "a=b");
        await File.WriteAllBytesAsync(blob, Convert.FromBase64String((string)encrypted["CiphertextBlob"]!));
        JObject opened = await RunAsync("kms", "decrypt", "--ciphertext-blob", $"fileb://{blob}", "--encryption-context", "a=b");
        Assert.Equal("a workflow"u8.ToArray(), Convert.FromBase64String((string)opened["Plaintext"]!));
        Assert.Contains("InvalidCiphertextException", await RefusalAsync(_endpoint.ToEnvironment(), "kms", "decrypt", "--ciphertext-blob", $"fileb://{blob}"), StringComparison.Ordinal);

        // The CLI asks for page after page by itself.
        JToken events = (await RunAsync("cloudtrail", "lookup-events", "--page-size", "2"))["Events"]!;
        Assert.Equal(["Decrypt", "Decrypt", "Encrypt", "CreateAlias", "CreateKey"], events.Select(static one => (string)one["EventName"]!));
        Assert.Equal(Records().Select(static record => record.EventId).Reverse(), events.Select(static one => (string)one["EventId"]!));
        Assert.Contains("aws-cli/", Records()[0].UserAgent, StringComparison.Ordinal);
    }

    [AwsCliFact]
    public async Task It_assumes_a_role_and_acts_as_it()
    {
        Assert.Equal($"arn:aws:iam::{Account}:root", (string)(await RunAsync("sts", "get-caller-identity"))["Arn"]!);
        JToken session = (await RunAsync("sts", "assume-role", "--role-arn", Role, "--role-session-name", "build", "--duration-seconds", "900"))["Credentials"]!;
        var environment = new Dictionary<string, string>(_endpoint.ToEnvironment())
        {
            ["AWS_ACCESS_KEY_ID"] = (string)session["AccessKeyId"]!,
            ["AWS_SECRET_ACCESS_KEY"] = (string)session["SecretAccessKey"]!,
            ["AWS_SESSION_TOKEN"] = (string)session["SessionToken"]!,
        };
        (JObject identity, string error) = await AwsCli.EndAsync(AwsCli.Start(environment, "sts", "get-caller-identity"));
        Assert.Equal(("", $"arn:aws:sts::{Account}:assumed-role/YourImageBuilderExecutionRole/build"), (error, (string?)identity["Arn"]));
        Assert.Contains("AccessDeniedException", await RefusalAsync(environment, "kms", "list-keys"), StringComparison.Ordinal);
    }

    [AwsCliFact]
    public async Task A_wrong_secret_or_region_is_refused()
    {
        var wrong = new Dictionary<string, string>(_endpoint.ToEnvironment()) { ["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
        Assert.Contains("InvalidSignatureException", await RefusalAsync(wrong, "kms", "list-keys"), StringComparison.Ordinal);
        Assert.Contains("SignatureDoesNotMatch", await RefusalAsync(wrong, "sts", "get-caller-identity"), StringComparison.Ordinal);
        Assert.Contains("not 'us-east-1'", await RefusalAsync(_endpoint.ToEnvironment(), "kms", "list-keys", "--region", "us-east-1"), StringComparison.Ordinal);
        Assert.Empty(Records());
    }

    [AwsCliFact]
    public async Task Equal_commands_at_once_are_all_answered()
    {
        // Older versions send no invocation id, and must sign anew where two meet in one second.
        var environment = new Dictionary<string, string>(_endpoint.ToEnvironment()) { ["AWS_MAX_ATTEMPTS"] = "8" };
        Process[] commands = [.. Enumerable.Range(0, 4).Select(_ => AwsCli.Start(environment, "kms", "list-keys"))];
        foreach (Process command in commands)
        {
            Assert.Equal("", (await AwsCli.EndAsync(command)).Error);
        }

        Assert.Equal(4, Records().Count);
    }

    private async Task<JObject> RunAsync(params string[] arguments)
    {
        (JObject output, string error) = await AwsCli.EndAsync(AwsCli.Start(_endpoint.ToEnvironment(), arguments));
        Assert.Equal("", error);
        return output;
    }

    private static async Task<string> RefusalAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        (JObject output, string error) = await AwsCli.EndAsync(AwsCli.Start(environment, arguments));
        Assert.Empty(output);
        return error;
    }

    private List<KmsAuditEvent> Records() => Directory.Exists(_store.TrailFolder)
        ? [.. new AuditReader { Filter = new() { AllKmsEvents = true } }.Read([_store.TrailFolder], static error => throw error)]
        : [];
}
