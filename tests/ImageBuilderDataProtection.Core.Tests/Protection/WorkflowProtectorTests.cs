using System.Diagnostics;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Messages;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Protection;
using ImageBuilderDataProtection.Tests.Messages;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Tests.Protection;

/// <summary>What the cmdlets' own tests cannot easily bring about.</summary>
public sealed class WorkflowProtectorTests : IDisposable
{
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0/*";

    private readonly TemporaryFolder _folder = new();
    private readonly IKms _kms;
    private readonly WorkflowProtector _protector;

    public WorkflowProtectorTests()
    {
        _kms = LocalKmsStore.Open(_folder["kms"]).ForCaller(LocalCaller.AccountRoot("111122223333"), "us-west-2");
        _protector = new WorkflowProtector(_kms);
        File.WriteAllText(_folder["a.yml"], "schemaVersion: 1.0\n");
    }

    private static OpeningSettings Opening => new() { WorkflowArn = Workflow };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_update_keeps_what_it_was_not_told_to_change()
    {
        KeyArn key = await CreateKeyAsync();
        await ProtectAsync(key, new ProtectionSettings { WorkflowArn = WorkflowArn.Parse(Workflow), Keys = [key], FrameLength = 7, Sign = false, AsText = true });
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["a.encrypted"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        KeyArn next = await CreateKeyAsync();
        ProtectedWorkflow updated = await _protector.UpdateFileAsync(
            _folder["a.encrypted"], _folder["a.encrypted"], Opening, new UpdateSettings { Keys = [next] }, replace: false, CancellationToken.None);

        Assert.Equal((7L, false, true, Workflow), (updated.FrameLength, updated.IsSigned, updated.IsText, updated.ContextWorkflowArn));
        Assert.Equal([next.Value], updated.KeyArns);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(_folder["a.encrypted"]));
        }
    }

    [Fact]
    public async Task An_update_that_would_drop_another_providers_key_is_refused()
    {
        KeyArn key = await CreateKeyAsync();
        var keyring = new TwoProviders(KmsKeyring.ForKeys(_kms, [key]));
        EncryptionContext context = EncryptionContext.Empty.With(EncryptionContext.WorkflowArnKey, Workflow);
        byte[] message = await MessageEncryptor.EncryptAsync("x"u8.ToArray(), context, keyring, new MessageOptions(), CancellationToken.None);
        await File.WriteAllBytesAsync(_folder["a.encrypted"], message);

        var error = await Assert.ThrowsAsync<DataProtectionException>(() => _protector.UpdateFileAsync(
            _folder["a.encrypted"], _folder["a.encrypted"], Opening, new UpdateSettings(), replace: false, CancellationToken.None));

        Assert.Equal("KeyWouldBeLost", error.ErrorId);
        Assert.Equal(message, await File.ReadAllBytesAsync(_folder["a.encrypted"]));
        await _protector.UpdateFileAsync(
            _folder["a.encrypted"], _folder["a.encrypted"], Opening, new UpdateSettings { Keys = [key] }, replace: false, CancellationToken.None);
    }

    [Fact]
    public async Task A_pipe_as_the_source_is_refused_and_not_waited_for()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        KeyArn key = await CreateKeyAsync();
        using (var mkfifo = Process.Start("mkfifo", _folder["pipe"]))
        {
            await mkfifo.WaitForExitAsync();
        }

        var error = await Assert.ThrowsAsync<DataProtectionException>(() => _protector.ProtectFileAsync(
            _folder["pipe"],
            _folder["pipe.encrypted"],
            new ProtectionSettings { WorkflowArn = WorkflowArn.Parse(Workflow), Keys = [key] },
            replace: false,
            CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));

        Assert.Equal("ReadFailed", error.ErrorId);
    }

    private Task<ProtectedWorkflow> ProtectAsync(KeyArn key, ProtectionSettings settings) =>
        _protector.ProtectFileAsync(_folder["a.yml"], _folder["a.encrypted"], settings with { Keys = [key] }, replace: false, CancellationToken.None);

    private async Task<KeyArn> CreateKeyAsync() => (await _kms.CreateKeyAsync(null, null, false, CancellationToken.None)).Key.Arn;

    /// <summary>KMS's data key, wrapped by a raw AES key as well, as for an escrow.</summary>
    private sealed class TwoProviders(IKeyring first) : IKeyring
    {
        public async Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken)
        {
            WrappedDataKey made = await first.GenerateDataKeyAsync(suite, context, cancellationToken);
            return made with { EncryptedDataKeys = [.. made.EncryptedDataKeys, new EncryptedDataKey("escrow", "k"u8.ToArray(), new byte[48])] };
        }

        public Task<byte[]> RecoverDataKeyAsync(
            AlgorithmSuite suite, EncryptionContext context, IReadOnlyList<EncryptedDataKey> encryptedDataKeys, CancellationToken cancellationToken) =>
            first.RecoverDataKeyAsync(suite, context, encryptedDataKeys, cancellationToken);
    }
}
