using System.Security.Cryptography;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;
using ImageBuilderDataProtection.Tests.Messages;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>Our messages open in the JavaScript Encryption SDK, and its messages open in ours.</summary>
public sealed class JavaScriptInteropTests(JavaScriptPeerFixture fixture) : IClassFixture<JavaScriptPeerFixture>
{
    private static readonly byte[] WrappingKey = RandomNumberGenerator.GetBytes(32);
    private static readonly RawAesKeyring Keyring = new("interop", "aes-256", WrappingKey);

    private static readonly Dictionary<string, Dictionary<string, string>> Contexts = new()
    {
        ["empty"] = [],
        ["ASCII"] = new() { ["aws:imagebuilder:arn"] = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0/*" },
        ["non-ASCII"] = new() { ["équipe"] = "plataforma ñ", ["鍵"] = "値", ["\U0001F600"] = "after U+FF5E", ["\uFF5E"] = "before U+1F600" },
        ["20 pairs"] = Enumerable.Range(0, 20).ToDictionary(static i => $"key {(i * 7) % 20}", static i => $"value {i}"),
    };

    public static IEnumerable<object[]> Cases =>
        from length in (int[])[0, 1, 4095, 4096, 4097, 1024 * 1024]
        from suite in (int[])[0x0478, 0x0578]
        from context in Contexts.Keys
        select new object[] { length, suite, context };

    public static IEnumerable<object[]> LegacyCases =>
        from length in (int[])[0, 4096, 10_000]
        from suite in (int[])[0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0178, 0x0214, 0x0346, 0x0378]
        select new object[] { length, suite, "non-ASCII" };

    [PeerTheory]
    [MemberData(nameof(Cases))]
    [MemberData(nameof(LegacyCases))]
    public async Task Our_message_opens_there(int length, int suiteId, string contextName)
    {
        byte[] plaintext = RandomNumberGenerator.GetBytes(length);
        AlgorithmSuite suite = AlgorithmSuite.Get((ushort)suiteId);
        var options = new MessageOptions { Suite = suite, CommitmentPolicy = PolicyFor(suite) };

        byte[] message = await MessageEncryptor.EncryptAsync(
            plaintext, EncryptionContext.Create(Contexts[contextName]), Keyring, options, CancellationToken.None);
        JObject opened = fixture.Peer.Ask(
            new { op = "decrypt", key = PeerKey, message = Convert.ToBase64String(message), allowNonCommitting = !suite.IsCommitting });

        Assert.Equal(plaintext, Convert.FromBase64String((string)opened["plaintext"]!));
        Assert.Equal(suiteId, (int)opened["suite"]!);
        AssertContext(Contexts[contextName], opened["context"]!.ToObject<Dictionary<string, string>>()!);
    }

    [PeerTheory]
    [MemberData(nameof(Cases))]
    [MemberData(nameof(LegacyCases))]
    public async Task Their_message_opens_here(int length, int suiteId, string contextName)
    {
        byte[] plaintext = RandomNumberGenerator.GetBytes(length);
        AlgorithmSuite suite = AlgorithmSuite.Get((ushort)suiteId);

        JObject sealedThere = fixture.Peer.Ask(new
        {
            op = "encrypt",
            suite = suiteId,
            frameLength = 4096,
            context = Contexts[contextName],
            key = PeerKey,
            plaintext = Convert.ToBase64String(plaintext),
        });
        byte[] message = Convert.FromBase64String((string)sealedThere["message"]!);
        DecryptedMessage opened = await MessageDecryptor.DecryptAsync(
            message, Keyring, new DecryptOptions { CommitmentPolicy = PolicyFor(suite) }, CancellationToken.None);

        Assert.Equal(plaintext, opened.Plaintext);
        Assert.Equal(suiteId, opened.Header.Suite.Id);
        AssertContext(Contexts[contextName], opened.Header.EncryptionContext.ToDictionary());
    }

    [PeerFact]
    public async Task A_tampered_message_of_ours_is_refused_there()
    {
        byte[] message = await MessageEncryptor.EncryptAsync(
            "workflow"u8.ToArray(), EncryptionContext.Create(Contexts["ASCII"]), Keyring, new MessageOptions(), CancellationToken.None);
        message[^1] ^= 1;

        Assert.Throws<JavaScriptPeerException>(
            () => fixture.Peer.Ask(new { op = "decrypt", key = PeerKey, message = Convert.ToBase64String(message) }));
    }

    private static object PeerKey =>
        new { type = "aes", @namespace = "interop", name = "aes-256", bytes = Convert.ToBase64String(WrappingKey) };

    private static CommitmentPolicy PolicyFor(AlgorithmSuite suite) =>
        suite.IsCommitting ? CommitmentPolicy.RequireEncryptRequireDecrypt : CommitmentPolicy.ForbidEncryptAllowDecrypt;

    private static void AssertContext(Dictionary<string, string> expected, Dictionary<string, string> actual)
    {
        actual.Remove(EncryptionContext.PublicKeyKey);
        Assert.Equal(expected.OrderBy(static pair => pair.Key, StringComparer.Ordinal), actual.OrderBy(static pair => pair.Key, StringComparer.Ordinal));
    }
}
