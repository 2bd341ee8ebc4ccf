using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>What is refused before or beside the cryptography: policy, limits, context.</summary>
public sealed class RefusalTests
{
    public static TheoryData<ushort> Suites => [.. AlgorithmSuite.All.Select(static suite => suite.Id)];

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task The_commitment_policy_decides_what_is_written_and_opened(ushort suiteId)
    {
        var suite = AlgorithmSuite.Get(suiteId);
        foreach (CommitmentPolicy policy in Enum.GetValues<CommitmentPolicy>())
        {
            bool mayWrite = suite.IsCommitting == policy is not CommitmentPolicy.ForbidEncryptAllowDecrypt;
            var options = new MessageOptions { Suite = suite, CommitmentPolicy = policy };
            Task<byte[]> Write() => MessageEncryptor.EncryptAsync(new byte[1], EncryptionContext.Empty, RawAesKeyring.Sample, options, CancellationToken.None);
            Assert.Equal(mayWrite ? null : "CommitmentPolicyRefused", await ErrorOfAsync(Write));

            bool mayOpen = suite.IsCommitting || policy != CommitmentPolicy.RequireEncryptRequireDecrypt;
            byte[] message = await MessageSamples.EncryptAsync([1], suite);
            Assert.Equal(
                mayOpen ? null : "CommitmentPolicyRefused",
                await ErrorOfAsync(() => MessageSamples.DecryptAsync(message, new DecryptOptions { CommitmentPolicy = policy })));
        }
    }

    [Fact]
    public async Task The_default_policy_names_the_parameter_that_allows_old_messages()
    {
        byte[] message = await MessageSamples.EncryptAsync([1], AlgorithmSuite.Get(0x0178));
        DataProtectionException refusal = await MessageSamples.RequireRefusedAsync(message, new DecryptOptions());
        Assert.Contains("-CommitmentPolicy RequireEncryptAllowDecrypt", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("0x0178", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws-crypto-public-key")]
    [InlineData("aws-crypto-")]
    [InlineData("aws-crypto-anything")]
    public async Task Keys_of_the_SDK_are_refused_in_the_context(string key)
    {
        string? error = await ErrorOfAsync(() => MessageSamples.EncryptAsync([1], AlgorithmSuite.Unsigned, MessageSamples.Context((key, "x"))));
        Assert.Equal("InvalidEncryptionContext", error);
    }

    [Fact]
    public async Task A_context_that_does_not_fit_its_two_byte_length_is_refused_before_a_key_is_made()
    {
        var keyring = new FixedKeyring(new byte[32]);
        EncryptionContext context = MessageSamples.Context(("k", new string('v', 65_529)));
        Assert.Equal(65_536, 2 + 2 + 1 + 2 + 65_529);
        string? error = await ErrorOfAsync(() => MessageEncryptor.EncryptAsync(
            new byte[1], context, keyring, MessageSamples.OptionsFor(AlgorithmSuite.Unsigned), CancellationToken.None));
        Assert.Equal("InvalidEncryptionContext", error);
        Assert.Null(keyring.Context);
        Assert.Null(await ErrorOfAsync(() => MessageSamples.EncryptAsync([1], AlgorithmSuite.Unsigned, MessageSamples.Context(("k", new string('v', 65_528))))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(MessageLimits.MaxFrameLength + 1)]
    public async Task A_frame_length_out_of_range_is_refused(int frameLength)
    {
        Assert.Equal("InvalidFrameLength", await ErrorOfAsync(() => MessageSamples.EncryptAsync([1], AlgorithmSuite.Unsigned, frameLength: frameLength)));
    }

    [Fact]
    public async Task A_plaintext_beyond_its_limit_is_refused()
    {
        Assert.Equal("MessageLimitExceeded", await ErrorOfAsync(() => MessageSamples.EncryptAsync(new byte[MessageLimits.MaxPlaintextLength + 1], AlgorithmSuite.Unsigned)));
    }

    [Fact]
    public async Task A_message_that_short_frames_make_too_long_is_refused()
    {
        Assert.Equal(
            "MessageLimitExceeded",
            await ErrorOfAsync(() => MessageSamples.EncryptAsync(new byte[MessageLimits.MaxPlaintextLength], AlgorithmSuite.Unsigned, frameLength: 1)));
    }

    [Fact]
    public async Task A_message_beyond_its_limit_is_refused()
    {
        Assert.Equal("MessageLimitExceeded", (await MessageSamples.RequireRefusedAsync(new byte[MessageLimits.MaxMessageLength + 1])).ErrorId);
    }

    [Fact]
    public async Task A_signing_suite_without_a_public_key_in_its_context_is_refused()
    {
        var made = new HandMadeMessage { Suite = AlgorithmSuite.Default, DataKey = new byte[32], StoredContext = new Dictionary<string, string> { ["a"] = "b" } };
        DataProtectionException refusal = await MessageSamples.RequireRefusedAsync([.. made.WriteUnsigned(), 0, 0]);
        Assert.Equal("MessageAuthenticationFailed", refusal.ErrorId);
        Assert.Contains(EncryptionContext.PublicKeyKey, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x0478)]
    [InlineData(0x0178)]
    public async Task A_suite_without_signature_that_has_a_public_key_in_its_context_is_refused(ushort suiteId)
    {
        var made = new HandMadeMessage
        {
            Suite = AlgorithmSuite.Get(suiteId),
            DataKey = new byte[32],
            StoredContext = new Dictionary<string, string> { [EncryptionContext.PublicKeyKey] = "x" },
        };
        DataProtectionException refusal = await MessageSamples.RequireRefusedAsync(made.WriteUnsigned());
        Assert.Equal("MessageAuthenticationFailed", refusal.ErrorId);
        Assert.Contains(EncryptionContext.PublicKeyKey, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no base64")]
    [InlineData("AgID")]
    [InlineData("AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("Av////////////////////////////////////////////////////////////////w==")]
    [InlineData("BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    public async Task A_public_key_that_is_no_point_of_the_curve_is_refused(string publicKey)
    {
        using var signingKey = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        var made = new HandMadeMessage
        {
            Suite = AlgorithmSuite.Default,
            DataKey = new byte[32],
            StoredContext = new Dictionary<string, string> { [EncryptionContext.PublicKeyKey] = publicKey },
        };
        DataProtectionException refusal = await Assert.ThrowsAsync<DataProtectionException>(() => MessageDecryptor.DecryptAsync(
            made.WriteSigned(signingKey), new FixedKeyring(new byte[32]), new DecryptOptions(), CancellationToken.None));
        Assert.Equal("MessageAuthenticationFailed", refusal.ErrorId);
    }

    [Fact]
    public async Task A_data_key_that_the_message_does_not_commit_to_is_refused()
    {
        byte[] message = await MessageEncryptor.EncryptAsync(
            new byte[1], EncryptionContext.Empty, new FixedKeyring(new byte[32]), new MessageOptions(), CancellationToken.None);
        byte[] otherKey = new byte[32];
        otherKey[0] = 1;
        DataProtectionException refusal = await Assert.ThrowsAsync<DataProtectionException>(
            () => MessageDecryptor.DecryptAsync(message, new FixedKeyring(otherKey), new DecryptOptions(), CancellationToken.None));
        Assert.Equal("MessageAuthenticationFailed", refusal.ErrorId);
        Assert.Contains("commit", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_suite_is_refused_and_the_known_ones_are_the_specifications()
    {
        Assert.Equal("UnknownAlgorithmSuite", Assert.Throws<DataProtectionException>(() => AlgorithmSuite.Get(0)).ErrorId);
        Assert.Equal(11, AlgorithmSuite.All.Count);
        Assert.Equal([0x0478, 0x0578], AlgorithmSuite.All.Where(static suite => suite.IsCommitting).Select(static suite => (int)suite.Id));
        Assert.Equal([0x0214, 0x0346, 0x0378, 0x0578], AlgorithmSuite.All.Where(static suite => suite.IsSigning).Select(static suite => (int)suite.Id));
        Assert.All(AlgorithmSuite.All, static suite => Assert.Contains($"AES_{suite.DataKeyLength * 8}_GCM", suite.Name, StringComparison.Ordinal));
        Assert.Equal(0x0578, AlgorithmSuite.Default.Id);
        Assert.Equal(0x0478, AlgorithmSuite.Unsigned.Id);
        Assert.Equal("0x0578 ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384", AlgorithmSuite.Default.ToString());
    }

    private static async Task<string?> ErrorOfAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (DataProtectionException refusal)
        {
            return refusal.ErrorId;
        }
    }
}
