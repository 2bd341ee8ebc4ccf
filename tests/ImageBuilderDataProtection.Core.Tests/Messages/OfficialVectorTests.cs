using System.Security.Cryptography;
using System.Text.Json;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;
using Xunit.Abstractions;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>Runs the decrypt vectors of the AWS Encryption SDK whose keys need no KMS.</summary>
public sealed class OfficialVectorTests(ITestOutputHelper output)
{
    private const string Vectors = "IB_ESDK_VECTORS";
    private const string RefusedVectors = "IB_ESDK_REFUSED_VECTORS";

    [VectorFact(Vectors)]
    public async Task Every_vector_opens_or_fails_as_its_manifest_says()
    {
        IReadOnlyList<(string Name, string Kind, string? Problem)> results = await RunAsync(Environment.GetEnvironmentVariable(Vectors)!, expectRefusal: false);
        Report(results);
    }

    /// <summary>
    /// The set <c>invalid-Net-4.0.0.zip</c> was written by a version of the .NET SDK that authenticated headers wrongly; its
    /// manifest says they open, but by the specification they must not.
    /// </summary>
    [VectorFact(RefusedVectors)]
    public async Task Every_vector_of_a_wrong_writer_is_refused()
    {
        IReadOnlyList<(string Name, string Kind, string? Problem)> results = await RunAsync(Environment.GetEnvironmentVariable(RefusedVectors)!, expectRefusal: true);
        Report(results);
    }

    private void Report(IReadOnlyList<(string Name, string Kind, string? Problem)> results)
    {
        foreach (var kind in results.GroupBy(static result => result.Kind).OrderBy(static kind => kind.Key, StringComparer.Ordinal))
        {
            output.WriteLine(IsKms(kind.Key)
                ? $"{kind.Key}: {kind.Count()} not run, they need KMS"
                : $"{kind.Key}: {kind.Count(static result => result.Problem is null)} of {kind.Count()} as they must");
        }

        Assert.Contains(results, static result => !IsKms(result.Kind));
        Assert.Empty(results.Where(static result => result.Problem is not null).Select(static result => $"{result.Name}: {result.Problem}"));
    }

    private static bool IsKms(string kind) => kind.Contains("aws-kms", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<(string Name, string Kind, string? Problem)>> RunAsync(string folder, bool expectRefusal)
    {
        using JsonDocument manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "manifest.json")));
        using JsonDocument keys = JsonDocument.Parse(await File.ReadAllBytesAsync(PathOf(folder, manifest.RootElement.GetProperty("keys"))));
        var results = new List<(string Name, string Kind, string? Problem)>();
        foreach (JsonProperty test in manifest.RootElement.GetProperty("tests").EnumerateObject())
        {
            JsonElement masterKeys = test.Value.GetProperty("master-keys");
            string cmm = test.Value.TryGetProperty("cmm", out JsonElement named) ? named.GetString()! : "Default";
            string kind = string.Join(" + ", masterKeys.EnumerateArray().Select(Describe)) + ", " + cmm;
            if (IsKms(kind))
            {
                results.Add((test.Name, kind, null));
                continue;
            }

            string? problem = await RunOneAsync(folder, test.Value, masterKeys, keys.RootElement.GetProperty("keys"), expectRefusal);
            results.Add((test.Name, kind, problem));
        }

        return results;
    }

    private static async Task<string?> RunOneAsync(string folder, JsonElement test, JsonElement masterKeys, JsonElement keys, bool expectRefusal)
    {
        byte[] message = await File.ReadAllBytesAsync(PathOf(folder, test.GetProperty("ciphertext")));
        bool mustOpen = test.GetProperty("result").TryGetProperty("output", out JsonElement expected) && !expectRefusal;
        var keyring = new RawMultiKeyring([.. masterKeys.EnumerateArray().Select(key => CreateKeyring(key, keys)).OfType<IKeyring>()]);
        var options = new DecryptOptions
        {
            CommitmentPolicy = CommitmentPolicy.RequireEncryptAllowDecrypt,
            ReproducedEncryptionContext = test.TryGetProperty("encryption-context", out JsonElement context)
                ? EncryptionContext.Create(context.EnumerateObject().Select(static pair => KeyValuePair.Create(pair.Name, pair.Value.GetString()!)))
                : EncryptionContext.Empty,
        };
        try
        {
            DecryptedMessage opened = await MessageDecryptor.DecryptAsync(message, keyring, options, CancellationToken.None);
            if (!mustOpen)
            {
                return "opened but must not";
            }

            byte[] plaintext = await File.ReadAllBytesAsync(PathOf(folder, expected.GetProperty("plaintext")));
            return opened.Plaintext.SequenceEqual(plaintext) ? null : "opened to another plaintext";
        }
        catch (DataProtectionException refusal)
        {
            bool isRightRefusal = !expectRefusal || refusal.ErrorId == "MessageAuthenticationFailed";
            return mustOpen || !isRightRefusal ? $"{refusal.ErrorId}: {refusal.Message}" : null;
        }
    }

    private static string Describe(JsonElement key) =>
        key.GetProperty("type").GetString() == "raw"
            ? "raw " + key.GetProperty("encryption-algorithm").GetString()
            : key.GetProperty("type").GetString()!;

    /// <summary>The keyring of one key; null for a public key, which opens nothing.</summary>
    private static IKeyring? CreateKeyring(JsonElement description, JsonElement keys)
    {
        JsonElement key = keys.GetProperty(description.GetProperty("key").GetString()!);
        string provider = description.GetProperty("provider-id").GetString()!;
        string name = key.GetProperty("key-id").GetString()!;
        string material = key.GetProperty("material").GetString()!;
        if (description.GetProperty("encryption-algorithm").GetString() == "aes")
        {
            return new RawAesKeyring(provider, name, Convert.FromBase64String(material));
        }

        if (key.GetProperty("type").GetString() != "private")
        {
            return null;
        }

        var rsa = RSA.Create();
        rsa.ImportFromPem(material);
        return new RawRsaKeyring(provider, name, rsa, PaddingOf(description));
    }

    private static RSAEncryptionPadding PaddingOf(JsonElement description) =>
        description.GetProperty("padding-algorithm").GetString() == "pkcs1"
            ? RSAEncryptionPadding.Pkcs1
            : RSAEncryptionPadding.CreateOaep(new HashAlgorithmName(description.GetProperty("padding-hash").GetString()!.ToUpperInvariant()));

    private static string PathOf(string folder, JsonElement file) => Path.Combine(folder, file.GetString()!["file://".Length..]);
}
