using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Protect-IBWorkflow: encrypts workflow documents.</summary>
[Cmdlet(VerbsSecurity.Protect, "IBWorkflow", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ProtectedWorkflow))]
public sealed class ProtectIBWorkflowCommand : WorkflowFileCmdlet
{
    private TargetPaths _targets = null!;

    /// <summary>The keys, any one of which will open the message.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[] KeyId { get; set; } = [];

    /// <summary>Whether the signature is left out.</summary>
    [Parameter]
    [SuppressMessage("Naming", "CA1720", Justification = "Says whether there is a signature, nothing of integers.")]
    public SwitchParameter Unsigned { get; set; }

    /// <summary>Plaintext bytes a frame.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int FrameLength { get; set; } = 4096;

    /// <summary>Whether base64 text is written.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing() => _targets = new TargetPaths(ResolveDestination());

    private protected override string Activity => "Protecting workflows";

    private protected override FileWork? Plan(string file)
    {
        var settings = new ProtectionSettings
        {
            WorkflowArn = Workflows.WorkflowArn.Parse(WorkflowArn),
            Keys = Parameters.ToKeys(KeyId),
            AdditionalContext = Parameters.ToContext(EncryptionContext),
            Sign = !Unsigned,
            FrameLength = FrameLength,
            AsText = AsText,
        };
        string target = _targets.ForProtecting(file);
        if (!ShouldProcess(file, $"Protect as \"{target}\" with {string.Join(", ", KeyId)}"))
        {
            return null;
        }

        var protector = new WorkflowProtector(Connect([.. KeyId, WorkflowArn], KeyId));
        bool replace = Force;
        return new FileWork(target, async stop => await protector.ProtectFileAsync(file, target, settings, replace, stop));
    }
}
