using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

public sealed class KmsKeyringTests
{
    private readonly FakeKms _kms = new();
    private readonly KeyArn _east;
    private readonly KeyArn _west;

    public KmsKeyringTests()
    {
        _west = _kms.AddKey("us-west-2", 'a');
        _east = _kms.AddKey("us-east-1", 'b');
        _kms.Names["alias/ExampleKMSKey"] = _west;
        _kms.Names["arn:aws:kms:us-west-2:111122223333:alias/ExampleKMSKey"] = _west;
    }

    [Fact]
    public async Task One_key_generates_and_opens_and_its_calls_are_audited()
    {
        KmsKeyring writing = ForKeys("alias/ExampleKMSKey");
        byte[] message = await WriteAsync(writing);
        EncryptedDataKey dataKey = Assert.Single(MessageHeader.Read(message).EncryptedDataKeys);
        Assert.Equal(KmsKeyring.ProviderId, dataKey.ProviderId);
        Assert.Equal(_west.Value, dataKey.ProviderInfoText);

        KmsKeyring reading = ForKeys(_west.Value);
        Assert.Equal([1, 2, 3], await OpenAsync(message, reading));
        Assert.Equal(["GenerateDataKey alias/ExampleKMSKey", $"Decrypt {_west}"], _kms.Calls);
        Assert.Same(_kms.Events[0], Assert.Single(writing.AuditEvents));
        Assert.Same(_kms.Events[1], Assert.Single(reading.AuditEvents));
    }

    [Fact]
    public async Task Plaintext_data_keys_are_zeroed_after_use()
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value, _east.Value));
        await OpenAsync(message, ForKeys(_west.Value));
        Assert.Equal(2, _kms.HandedOut.Count);
        Assert.All(_kms.HandedOut, static key => Assert.Equal(new byte[32], key));
    }

    [Fact]
    public async Task Several_keys_wrap_the_data_key_and_any_one_opens()
    {
        byte[] message = await WriteAsync(ForKeys("alias/ExampleKMSKey", _east.Value));
        Assert.Equal(["GenerateDataKey alias/ExampleKMSKey", $"Encrypt {_east}"], _kms.Calls);
        Assert.Equal([_west.Value, _east.Value], MessageHeader.Read(message).EncryptedDataKeys.Select(static key => key.ProviderInfoText));
        Assert.Equal([1, 2, 3], await OpenAsync(message, ForKeys(_west.Value)));
        Assert.Equal([1, 2, 3], await OpenAsync(message, ForKeys(_east.Value)));
    }

    [Theory]
    [InlineData("alias/ExampleKMSKey")]
    [InlineData("arn:aws:kms:us-west-2:111122223333:alias/ExampleKMSKey")]
    [InlineData("1234abcd-12ab-34cd-56ef-12345678900a")]
    [InlineData("arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-12345678900a")]
    public async Task Every_way_to_name_the_key_opens_and_goes_to_KMS_as_given(string name)
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value));
        Assert.Equal([1, 2, 3], await OpenAsync(message, ForKeys(name)));
        Assert.Equal($"Decrypt {name}", _kms.Calls[^1]);
    }

    [Theory]
    [InlineData("arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab")]
    [InlineData("mrk-1234abcd12ab34cd56ef1234567890ab")]
    [InlineData("alias/Replica")]
    [InlineData("arn:aws:kms:eu-west-1:111122223333:alias/Replica")]
    public async Task A_multi_Region_key_opens_what_its_related_key_protected(string name)
    {
        KeyArn replica = AddMultiRegionKey("eu-west-1");
        _kms.Names["alias/Replica"] = replica;
        _kms.Names["arn:aws:kms:eu-west-1:111122223333:alias/Replica"] = replica;
        byte[] message = await WriteAsync(ForKeys(AddMultiRegionKey("us-west-2").Value));
        _kms.Names[replica.KeyId] = replica;
        Assert.Equal([1, 2, 3], await OpenAsync(message, ForKeys(name)));
        Assert.Equal($"Decrypt {name}", _kms.Calls[^1]);
    }

    [Fact]
    public async Task Without_keys_named_a_multi_Region_key_opens_in_the_callers_region_and_any_other_in_its_own()
    {
        KeyArn replica = AddMultiRegionKey("eu-west-1");
        byte[] message = await WriteAsync(ForKeys(AddMultiRegionKey("us-west-2").Value));
        byte[] other = await WriteAsync(ForKeys(_west.Value));
        _kms.Region = "eu-west-1";
        Assert.Equal([1, 2, 3], await OpenAsync(message, KmsKeyring.ForAccount(_kms, "aws", "111122223333")));
        Assert.Equal($"Decrypt {replica}", _kms.Calls[^1]);
        await OpenAsync(other, KmsKeyring.ForAccount(_kms, "aws", "111122223333"));
        Assert.Equal($"Decrypt {_west}", _kms.Calls[^1]);
    }

    [Theory]
    [InlineData("arn:aws:kms:eu-west-1:999999999999:key/mrk-1234abcd12ab34cd56ef1234567890ab")]
    [InlineData("arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab")]
    [InlineData("arn:aws:kms:eu-west-1:111122223333:key/mrk-ffffffff12ab34cd56ef1234567890ab")]
    public async Task Multi_Region_keys_that_differ_in_more_than_the_region_are_not_related(string name)
    {
        byte[] message = await WriteAsync(ForKeys(AddMultiRegionKey("us-west-2").Value));
        Assert.Equal("NoUsableKey", (await RefusedAsync(message, ForKeys(name))).ErrorId);
    }

    [Fact]
    public async Task Keys_that_are_not_multi_Region_are_related_to_none_in_another_region()
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value));
        Assert.Equal("NoUsableKey", (await RefusedAsync(message, ForKeys(_west.Value.Replace("us-west-2", "eu-west-1", StringComparison.Ordinal)))).ErrorId);
    }

    [Fact]
    public async Task An_answer_of_a_related_key_that_was_not_asked_is_refused()
    {
        KeyArn replica = AddMultiRegionKey("eu-west-1");
        byte[] message = await WriteAsync(ForKeys(AddMultiRegionKey("us-west-2").Value));
        _kms.AnsweredInstead = KeyArn.Parse(replica.Value.Replace("eu-west-1", "us-west-2", StringComparison.Ordinal));
        Assert.Equal("UnexpectedKey", (await RefusedAsync(message, ForKeys(replica.Value))).ErrorId);
    }

    [Fact]
    public async Task Keys_that_cannot_be_meant_are_not_asked()
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value));
        _kms.Calls.Clear();
        KmsKeyring keyring = ForKeys(_east.Value, _east.KeyId, "arn:aws:kms:us-east-1:111122223333:alias/x", "arn:aws:kms:us-west-2:999999999999:alias/x");
        DataProtectionException refusal = await RefusedAsync(message, keyring);
        Assert.Equal("NoUsableKey", refusal.ErrorId);
        Assert.Contains(_west.Value, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("-KeyId", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_kms.Calls);
        Assert.Empty(keyring.AuditEvents);
    }

    [Fact]
    public async Task The_account_of_the_workflow_opens_whatever_its_region_and_no_other_account_does()
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value, _east.Value));
        Assert.Equal([1, 2, 3], await OpenAsync(message, KmsKeyring.ForAccount(_kms, "aws", "111122223333")));
        Assert.Equal($"Decrypt {_west}", _kms.Calls[^1]);
        Assert.Equal("NoUsableKey", (await RefusedAsync(message, KmsKeyring.ForAccount(_kms, "aws", "999999999999"))).ErrorId);
        Assert.Equal("NoUsableKey", (await RefusedAsync(message, KmsKeyring.ForAccount(_kms, "aws-cn", "111122223333"))).ErrorId);
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(KmsKeyring.ForAccount(_kms, "aws", "111122223333")));
    }

    [Fact]
    public async Task A_refused_key_gives_way_to_the_next()
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value, _east.Value));
        _kms.Refusals[_west] = "AccessDeniedException";
        KmsKeyring keyring = ForKeys(_west.Value, _east.Value);
        Assert.Equal([1, 2, 3], await OpenAsync(message, keyring));
        Assert.Equal(_kms.Events[^2..], keyring.AuditEvents);
    }

    [Fact]
    public async Task The_refusal_of_the_only_key_tried_comes_through_as_it_is()
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value));
        _kms.Refusals[_west] = "DisabledException";
        KmsKeyring keyring = ForKeys(_west.Value);
        KmsException refusal = Assert.IsType<KmsException>(await RefusedAsync(message, keyring));
        Assert.Equal("DisabledException", refusal.ErrorId);
        Assert.Same(refusal.AuditEvent, Assert.Single(keyring.AuditEvents));
    }

    [Fact]
    public async Task When_every_key_is_refused_each_is_named_with_its_reason()
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value, _east.Value));
        _kms.Refusals[_west] = "AccessDeniedException";
        _kms.Refusals[_east] = "DisabledException";
        KmsKeyring keyring = ForKeys(_west.Value, _east.Value);
        DataProtectionException refusal = await RefusedAsync(message, keyring);
        Assert.Equal("DataKeyRefused", refusal.ErrorId);
        Assert.Equal(FailureKind.PermissionDenied, refusal.Kind);
        Assert.Contains($"{_west} refuses", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{_east} refuses", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, keyring.AuditEvents.Count);
        Assert.Equal(["AccessDeniedException", "DisabledException"], Assert.IsType<AggregateException>(refusal.InnerException).InnerExceptions.Cast<KmsException>().Select(static one => one.ErrorId));
    }

    [Fact]
    public async Task An_alias_that_means_another_key_does_not_open()
    {
        byte[] message = await WriteAsync(ForKeys(_east.Value));
        Assert.Equal("IncorrectKeyException", (await RefusedAsync(message, ForKeys("alias/ExampleKMSKey"))).ErrorId);
    }

    [Fact]
    public async Task An_answer_from_another_key_than_the_message_names_is_refused_and_zeroed()
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value));
        _kms.AnsweredInstead = _east;
        DataProtectionException refusal = await RefusedAsync(message, ForKeys("alias/ExampleKMSKey"));
        Assert.Equal("UnexpectedKey", refusal.ErrorId);
        Assert.Equal(FailureKind.SecurityViolation, refusal.Kind);
        Assert.Equal(new byte[32], _kms.HandedOut[^1]);
    }

    [Fact]
    public async Task The_key_names_the_context_with_the_public_key_of_a_signed_message()
    {
        byte[] message = await WriteAsync(ForKeys(_west.Value));
        EncryptionContext context = MessageHeader.Read(message).EncryptionContext;
        Assert.Equal([EncryptionContext.PublicKeyKey, EncryptionContext.WorkflowArnKey], context.Keys);
        KmsKeyring keyring = ForKeys(_west.Value);
        await Assert.ThrowsAsync<KmsException>(() => keyring.RecoverDataKeyAsync(
            AlgorithmSuite.Default, context.WithoutReserved(), MessageHeader.Read(message).EncryptedDataKeys, CancellationToken.None));
        Assert.Single(keyring.AuditEvents);
    }

    [Fact]
    public async Task Keys_of_other_providers_are_passed_over()
    {
        byte[] message = await MessageSamples.EncryptAsync([1], AlgorithmSuite.Default);
        DataProtectionException refusal = await RefusedAsync(message, ForKeys(_west.Value));
        Assert.Equal("NoUsableKey", refusal.ErrorId);
        Assert.Empty(_kms.Calls);
    }

    [Fact]
    public async Task A_KMS_data_key_that_names_no_key_ARN_is_refused()
    {
        EncryptedDataKey[] dataKeys = [new(KmsKeyring.ProviderId, MessageSamples.Utf8("arn:aws:kms:us-west-2:111122223333:alias/x"), new byte[] { 1 })];
        DataProtectionException refusal = await Assert.ThrowsAsync<DataProtectionException>(
            () => ForKeys("alias/x").RecoverDataKeyAsync(AlgorithmSuite.Default, EncryptionContext.Empty, dataKeys, CancellationToken.None));
        Assert.Equal("InvalidEncryptedDataKey", refusal.ErrorId);
        Assert.Empty(_kms.Calls);
    }

    [Fact]
    public async Task A_second_key_that_refuses_to_wrap_fails_the_message_and_zeroes_the_data_key()
    {
        _kms.Refusals[_east] = "AccessDeniedException";
        KmsKeyring keyring = ForKeys(_west.Value, _east.Value);
        KmsException refusal = await Assert.ThrowsAsync<KmsException>(() => WriteAsync(keyring));
        Assert.Equal("AccessDeniedException", refusal.ErrorId);
        Assert.Equal(_kms.Events, keyring.AuditEvents);
        Assert.Equal(new byte[32], Assert.Single(_kms.HandedOut));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(0)]
    public async Task A_data_key_of_another_length_is_refused_and_zeroed(int length)
    {
        _kms.DataKeyLength = length;
        Assert.Equal("WrongDataKeyLength", (await Assert.ThrowsAsync<DataProtectionException>(() => WriteAsync(ForKeys(_west.Value)))).ErrorId);
        Assert.Equal(new byte[length], Assert.Single(_kms.HandedOut));
    }

    [Fact]
    public async Task Cancelling_ends_the_calls()
    {
        using var cancellation = new CancellationTokenSource();
        byte[] message = await WriteAsync(ForKeys(_west.Value, _east.Value));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => MessageDecryptor.DecryptAsync(message, ForKeys(_west.Value, _east.Value), new DecryptOptions(), cancellation.Token));
    }

    [Fact]
    public void A_keyring_without_keys_cannot_be_made()
    {
        Assert.Throws<ArgumentException>(() => KmsKeyring.ForKeys(_kms, []));
    }

    private KeyArn AddMultiRegionKey(string region)
    {
        var arn = KeyArn.Create("aws", region, "111122223333", "mrk-1234abcd12ab34cd56ef1234567890ab");
        _kms.Names[arn.Value] = arn;
        return arn;
    }

    private KmsKeyring ForKeys(params string[] keys) => KmsKeyring.ForKeys(_kms, [.. keys.Select(KeyIdentifier.Parse)]);

    private static Task<byte[]> WriteAsync(KmsKeyring keyring) => MessageEncryptor.EncryptAsync(
        new byte[] { 1, 2, 3 }, MessageSamples.WorkflowContext, keyring, new MessageOptions(), CancellationToken.None);

    private static async Task<byte[]> OpenAsync(byte[] message, KmsKeyring keyring) =>
        (await MessageDecryptor.DecryptAsync(message, keyring, new DecryptOptions(), CancellationToken.None)).Plaintext;

    private static Task<DataProtectionException> RefusedAsync(byte[] message, KmsKeyring keyring) =>
        Assert.ThrowsAnyAsync<DataProtectionException>(() => OpenAsync(message, keyring));
}
