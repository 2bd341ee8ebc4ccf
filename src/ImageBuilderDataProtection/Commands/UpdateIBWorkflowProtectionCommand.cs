using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Update-IBWorkflowProtection: re-encrypts protected workflows under another key, context or suite.</summary>
[Cmdlet(VerbsData.Update, "IBWorkflowProtection", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ProtectedWorkflow))]
public sealed class UpdateIBWorkflowProtectionCommand : OpeningCmdlet
{
    private TargetPaths? _targets;

    /// <summary>The keys from now on.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? NewKeyId { get; set; }

    /// <summary>The workflow from now on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? NewWorkflowArn { get; set; }

    /// <summary>The additional pairs from now on.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? NewEncryptionContext { get; set; }

    /// <summary>Whether it is signed from now on.</summary>
    [Parameter]
    [SuppressMessage("Naming", "CA1720", Justification = "Says whether there is a signature, nothing of integers.")]
    public SwitchParameter Signed { get; set; }

    /// <summary>Whether it is not signed from now on.</summary>
    [Parameter]
    [SuppressMessage("Naming", "CA1720", Justification = "Says whether there is a signature, nothing of integers.")]
    public SwitchParameter Unsigned { get; set; }

    /// <summary>Whether base64 text is written from now on.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        _targets = Destination is null ? null : new TargetPaths(ResolveDestination());
        _ = ForAll(null, () => Signed && Unsigned
            ? throw new DataProtectionException(
                "SignedAndUnsigned", FailureKind.InvalidArgument, "-Signed and -Unsigned exclude each other; give one of them, or neither to leave it as it is.")
            : true);
    }

    private protected override string Activity => "Updating the protection of workflows";

    private protected override FileWork? Plan(string file)
    {
        OpeningSettings current = Opening();
        var update = new UpdateSettings
        {
            Keys = NewKeyId is null ? null : Parameters.ToKeys(NewKeyId),
            WorkflowArn = NewWorkflowArn is null ? null : Workflows.WorkflowArn.Parse(NewWorkflowArn),
            AdditionalContext = NewEncryptionContext is null ? null : Parameters.ToContext(NewEncryptionContext),
            Sign = Signed ? true : Unsigned ? false : null,
            AsText = MyInvocation.BoundParameters.ContainsKey(nameof(AsText)) ? AsText.ToBool() : null,
        };
        string target = _targets?.ForUpdating(file) ?? file;
        if (!ShouldProcess(file, target == file ? "Update protection in place" : $"Update protection as \"{target}\""))
        {
            return null;
        }

        WorkflowProtector protector = ProtectorFor(file);
        bool replace = Force;
        return new FileWork(target, async stop => await protector.UpdateFileAsync(file, target, current, update, replace, stop));
    }
}
