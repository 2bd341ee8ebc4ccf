using System.Security.Cryptography;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Protection;

/// <summary>
/// The main job: workflow documents in and out of protected files, always bound to the workflow's ARN. A target is
/// checked before KMS is asked, so that a call is never spent (nor logged) for a result that has no place to go.
/// </summary>
/// <param name="kms">KMS, as the caller who protects and opens.</param>
public sealed class WorkflowProtector(IKms kms)
{
    /// <summary>Protects a workflow document.</summary>
    /// <param name="source">The document.</param>
    /// <param name="target">The protected file to write.</param>
    /// <param name="settings">Workflow, keys and form.</param>
    /// <param name="replace">Whether an existing target is replaced.</param>
    /// <param name="cancellationToken">Cancels; nothing is written then.</param>
    /// <exception cref="DataProtectionException">The source cannot be read or is protected already, the target is taken, or KMS refuses.</exception>
    public async Task<ProtectedWorkflow> ProtectFileAsync(
        string source, string target, ProtectionSettings settings, bool replace, CancellationToken cancellationToken)
    {
        AtomicFile.RequireFree(target, replace);
        byte[] document = await BoundedFile.ReadAsync(source, MessageLimits.MaxPlaintextLength, "workflow document", cancellationToken);
        try
        {
            RequireNotProtected(document, source);
            return await SealAsync(document, source, target, settings, replace, earlierCalls: [], cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(document);
        }
    }

    /// <summary>Opens a protected workflow.</summary>
    /// <param name="source">The protected file.</param>
    /// <param name="target">The file to write the document to, readable by its owner only; null to write none.</param>
    /// <param name="settings">What the message must be bound to and which keys may open it.</param>
    /// <param name="keepContent">Whether the returned object holds the document.</param>
    /// <param name="replace">Whether an existing target is replaced.</param>
    /// <param name="cancellationToken">Cancels; nothing is written then.</param>
    /// <exception cref="DataProtectionException">The context differs, a check fails, the target is taken, or KMS refuses.</exception>
    public async Task<WorkflowDocument> OpenFileAsync(
        string source, string? target, OpeningSettings settings, bool keepContent, bool replace, CancellationToken cancellationToken)
    {
        if (target is not null)
        {
            AtomicFile.RequireFree(target, replace);
        }

        ProtectedFile file = await ProtectedFile.ReadAsync(source, cancellationToken);
        OpenedMessage opened = await OpenAsync(file, settings, cancellationToken);
        try
        {
            if (target is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                CreateFolderOf(target);
                AtomicFile.Write(target, opened.Plaintext, replace, ownerOnly: true);
            }

            return new WorkflowDocument
            {
                Path = target,
                SourcePath = source,
                WorkflowArn = settings.WorkflowArn,
                Length = opened.Plaintext.Length,
                Content = keepContent ? opened.Plaintext.ToArray() : null,
                AuditEvents = opened.AuditEvents,
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened.Plaintext);
        }
    }

    /// <summary>Opens a protected workflow and protects it anew, under another key, context or suite. The plaintext stays in memory.</summary>
    /// <param name="source">The protected file.</param>
    /// <param name="target">The file to write; the source itself to update it in place.</param>
    /// <param name="current">What the message must be bound to now and which keys may open it.</param>
    /// <param name="update">What changes.</param>
    /// <param name="replace">Whether an existing target is replaced; the source itself always is.</param>
    /// <param name="cancellationToken">Cancels; the file is left as it was.</param>
    /// <exception cref="DataProtectionException">The message cannot be opened, the target is taken, or KMS refuses.</exception>
    public async Task<ProtectedWorkflow> UpdateFileAsync(
        string source, string target, OpeningSettings current, UpdateSettings update, bool replace, CancellationToken cancellationToken)
    {
        bool inPlace = Path.GetFullPath(source) == Path.GetFullPath(target);
        AtomicFile.RequireFree(target, replace || inPlace);
        ProtectedFile file = await ProtectedFile.ReadAsync(source, cancellationToken);
        RequireNoKeyLost(file, update);
        OpenedMessage opened = await OpenAsync(file, current, cancellationToken);
        try
        {
            var settings = new ProtectionSettings
            {
                WorkflowArn = update.WorkflowArn ?? WorkflowArn.Parse(current.WorkflowArn),
                Keys = update.Keys ?? [.. file.Describe().KeyArns.Select(KeyIdentifier.Parse)],
                AdditionalContext = update.AdditionalContext ?? current.AdditionalContext,
                Sign = update.Sign ?? file.Header.Suite.IsSigning,
                FrameLength = file.Header.FrameLength is > 0 and <= MessageLimits.MaxFrameLength
                    ? (int)file.Header.FrameLength
                    : MessageOptions.DefaultFrameLength,
                AsText = update.AsText ?? file.IsText,
            };
            return await SealAsync(opened.Plaintext, source, target, settings, replace || inPlace, opened.AuditEvents, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened.Plaintext);
        }
    }

    private async Task<ProtectedWorkflow> SealAsync(
        byte[] document,
        string source,
        string target,
        ProtectionSettings settings,
        bool replace,
        IReadOnlyList<KmsAuditEvent> earlierCalls,
        CancellationToken cancellationToken)
    {
        var keyring = KmsKeyring.ForKeys(kms, settings.Keys);
        EncryptionContext context = BindTo(settings.WorkflowArn.Value, settings.AdditionalContext);
        var options = new MessageOptions
        {
            Suite = settings.Sign ? AlgorithmSuite.Default : AlgorithmSuite.Unsigned,
            FrameLength = settings.FrameLength,
        };
        byte[] message = await MessageEncryptor.EncryptAsync(document, context, keyring, options, cancellationToken);
        byte[] content = settings.AsText ? MessageText.ToText(message) : message;
        cancellationToken.ThrowIfCancellationRequested();
        CreateFolderOf(target);
        AtomicFile.Write(target, content, replace, ownerOnly: false);
        return new ProtectedWorkflow(MessageHeader.Read(message), content.Length, settings.AsText)
        {
            Path = target,
            SourcePath = source,
            AuditEvents = [.. earlierCalls, .. keyring.AuditEvents],
        };
    }

    private async Task<OpenedMessage> OpenAsync(ProtectedFile file, OpeningSettings settings, CancellationToken cancellationToken)
    {
        EncryptionContext expected = BindTo(settings.WorkflowArn, settings.AdditionalContext);
        ContextCheck.RequireEqual(expected, file.Header.EncryptionContext.WithoutReserved());
        WorkflowArn workflow = WorkflowArn.Parse(settings.WorkflowArn);
        KmsKeyring keyring = settings.Keys.Count > 0
            ? KmsKeyring.ForKeys(kms, settings.Keys)
            : KmsKeyring.ForAccount(kms, workflow.Partition, workflow.Account);
        var options = new DecryptOptions { CommitmentPolicy = settings.CommitmentPolicy };
        DecryptedMessage message = await MessageDecryptor.DecryptAsync(file.Message, keyring, options, cancellationToken);
        return new OpenedMessage(message.Plaintext, keyring.AuditEvents);
    }

    private static EncryptionContext BindTo(string workflowArn, EncryptionContext additional) =>
        additional.With(EncryptionContext.WorkflowArnKey, workflowArn);

    private static void RequireNotProtected(byte[] document, string source)
    {
        if (ProtectedFile.IsMessage(document))
        {
            throw new DataProtectionException(
                "AlreadyProtected",
                FailureKind.InvalidArgument,
                $"\"{source}\" is a protected workflow already; use Update-IBWorkflowProtection to change its key, context or suite.");
        }
    }

    // What another key provider wrapped cannot be wrapped by it again here; dropping it unasked would shut someone out.
    private static void RequireNoKeyLost(ProtectedFile file, UpdateSettings update)
    {
        string[] others = [.. file.Header.EncryptedDataKeys.Select(static key => key.ProviderId).Where(static id => id != KmsKeyring.ProviderId).Distinct()];
        if (update.Keys is null && others.Length > 0)
        {
            throw new DataProtectionException(
                "KeyWouldBeLost",
                FailureKind.InvalidState,
                $"\"{file.Path}\" also opens with keys of {string.Join(", ", others)}, which an update cannot keep; name all keys from now on with -NewKeyId.");
        }
    }

    private static void CreateFolderOf(string target)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataProtectionException(
                "WriteFailed", FailureKind.Unavailable, $"The folder of \"{target}\" could not be made: {error.Message}", error);
        }
    }

    private readonly record struct OpenedMessage(byte[] Plaintext, IReadOnlyList<KmsAuditEvent> AuditEvents);
}
