using System.Management.Automation;
using ImageBuilderDataProtection.Messages;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of the cmdlets that open protected workflows.</summary>
public abstract class OpeningCmdlet : WorkflowFileCmdlet
{
    /// <summary>The keys that may open it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] KeyId { get; set; } = [];

    /// <summary>Whether messages without key commitment are opened. Text, for Core's enumeration cannot be a field here (see ModuleLifecycle).</summary>
    [Parameter]
    [ValidateSet("RequireEncryptRequireDecrypt", "RequireEncryptAllowDecrypt", "ForbidEncryptAllowDecrypt")]
    public string CommitmentPolicy { get; set; } = "RequireEncryptRequireDecrypt";

    /// <summary>What the message must be bound to, from the parameters.</summary>
    private protected OpeningSettings Opening() => new()
    {
        WorkflowArn = WorkflowArn,
        AdditionalContext = Parameters.ToContext(EncryptionContext),
        Keys = Parameters.ToKeys(KeyId),
        CommitmentPolicy = Enum.Parse<CommitmentPolicy>(CommitmentPolicy, ignoreCase: true),
    };

    /// <summary>KMS for a file. Where no parameter tells the region, the file's first key does.</summary>
    private protected WorkflowProtector ProtectorFor(string file)
    {
        IReadOnlyList<string> keys = Wait(stop => ProtectedFile.ReadAsync(file, stop)).Describe().KeyArns;
        return new WorkflowProtector(Connect([.. KeyId, WorkflowArn, .. keys], [.. KeyId, .. keys]));
    }
}
