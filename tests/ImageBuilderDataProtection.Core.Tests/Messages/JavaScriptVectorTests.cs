using System.Security.Cryptography;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>
/// Messages that the JavaScript Encryption SDK wrote (tests/Interop/make-vectors.mjs), opened where there is no node:
/// every suite, raw AES and RSA wrapping keys, contexts that are empty, plain and beyond ASCII.
/// </summary>
public class JavaScriptVectorTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "messages", "javascript");
    private static readonly JObject Vectors = JObject.Parse(File.ReadAllText(Path.Combine(Folder, "vectors.json")));

    public static TheoryData<string> Names => [.. Vectors["vectors"]!.Select(static vector => (string)vector["name"]!)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Opens(string name)
    {
        JToken vector = Vectors["vectors"]!.Single(vector => (string)vector["name"]! == name);
        byte[] message = await File.ReadAllBytesAsync(Path.Combine(Folder, name + ".msg"));

        DecryptedMessage opened = await MessageDecryptor.DecryptAsync(message, KeyringFor(vector), Allow, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, (int)vector["length"]!).Select(static i => (byte)((i * 7) + (i >> 8))), opened.Plaintext);
        Assert.Equal((int)vector["suite"]!, opened.Header.Suite.Id);
        EncryptionContext expected = EncryptionContext.Create(vector["context"]!.ToObject<Dictionary<string, string>>()!);
        Assert.Equal(expected, opened.Header.EncryptionContext.WithoutReserved());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task By_default_opens_only_what_commits_to_its_key(string name)
    {
        JToken vector = Vectors["vectors"]!.Single(vector => (string)vector["name"]! == name);
        byte[] message = await File.ReadAllBytesAsync(Path.Combine(Folder, name + ".msg"));
        Task<DecryptedMessage> Open() => MessageDecryptor.DecryptAsync(message, KeyringFor(vector), new DecryptOptions(), CancellationToken.None);

        if ((int)vector["suite"]! is 0x0478 or 0x0578)
        {
            Assert.Equal((int)vector["length"]!, (await Open()).Plaintext.Length);
        }
        else
        {
            var error = await Assert.ThrowsAsync<DataProtectionException>(Open);
            Assert.Equal("CommitmentPolicyRefused", error.ErrorId);
            Assert.Contains("-CommitmentPolicy RequireEncryptAllowDecrypt", error.Message, StringComparison.Ordinal);
        }
    }

    private static DecryptOptions Allow => new() { CommitmentPolicy = CommitmentPolicy.RequireEncryptAllowDecrypt };

    private static IKeyring KeyringFor(JToken vector)
    {
        JToken key = Vectors["keys"]![(string)vector["key"]!]!;
        (string keyNamespace, string name) = ((string)key["namespace"]!, (string)key["name"]!);
        if ((string)key["type"]! == "aes")
        {
            return new RawAesKeyring(keyNamespace, name, Convert.FromBase64String((string)key["bytes"]!));
        }

        var rsa = RSA.Create();
        rsa.ImportFromPem((string)key["pem"]!);
        return new RawRsaKeyring(keyNamespace, name, rsa, RSAEncryptionPadding.OaepSHA256);
    }
}
