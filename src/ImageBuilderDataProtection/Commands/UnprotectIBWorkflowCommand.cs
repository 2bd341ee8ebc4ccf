using System.Management.Automation;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Unprotect-IBWorkflow: decrypts protected workflows, only with the exact encryption context.</summary>
[Cmdlet(VerbsSecurity.Unprotect, "IBWorkflow", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(WorkflowDocument))]
public sealed class UnprotectIBWorkflowCommand : OpeningCmdlet
{
    private TargetPaths? _targets;

    /// <summary>Whether the object holds the document.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing() =>
        _targets = PassThru && Destination is null ? null : new TargetPaths(ResolveDestination());

    private protected override string Activity => "Opening protected workflows";

    private protected override FileWork? Plan(string file)
    {
        OpeningSettings settings = Opening();
        string? target = _targets?.ForOpening(file);
        if (target is not null && !ShouldProcess(file, $"Open as \"{target}\""))
        {
            return null;
        }

        WorkflowProtector protector = ProtectorFor(file);
        (bool keepContent, bool replace) = (PassThru, Force);
        return new FileWork(target, async stop => await protector.OpenFileAsync(file, target, settings, keepContent, replace, stop));
    }
}
