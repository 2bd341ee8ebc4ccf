using System.Management.Automation;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Commands;

/// <summary>New-IBWorkflowKey: makes a customer managed key.</summary>
[Cmdlet(VerbsCommon.New, "IBWorkflowKey", SupportsShouldProcess = true)]
[OutputType(typeof(WorkflowKey))]
public sealed class NewIBWorkflowKeyCommand : KmsCmdlet
{
    private readonly PolicyLines _lines = new();

    /// <summary>The key policy: JSON, or a KeyPolicy, which PowerShell turns into its JSON.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string? Policy { get; set; }

    /// <summary>The name for the key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Alias { get; set; }

    /// <summary>The description.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>Days from one rotation to the next.</summary>
    [Parameter]
    [ValidateRange(90, 2560)]
    public int RotationPeriodInDays { get; set; } = 365;

    /// <summary>Whether rotation is left off.</summary>
    [Parameter]
    public SwitchParameter NoRotation { get; set; }

    /// <summary>Whether a policy that locks the caller out is taken.</summary>
    [Parameter]
    public SwitchParameter BypassPolicyLockoutSafetyCheck { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (Policy is null)
        {
            Create(policyText: null);
        }
        else if (_lines.Add(Policy) is { } whole)
        {
            Create(whole);
        }
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        if (_lines.Rest is { } rest)
        {
            Create(rest);
        }

        base.EndProcessing();
    }

    private void Create(string? policyText) => ForInput(Alias ?? policyText, () => CreateOf(policyText is null ? null : KeyPolicy.Parse(PolicyFile.RequireText(policyText))));

    private void CreateOf(KeyPolicy? policy)
    {
        var settings = new WorkflowKeySettings
        {
            Policy = policy,
            Alias = Alias,
            Description = Description,
            RotationPeriodInDays = NoRotation ? null : RotationPeriodInDays,
            BypassPolicyLockoutSafetyCheck = BypassPolicyLockoutSafetyCheck,
        };
        IReadOnlyList<string> principals = [.. (policy?.Statements ?? []).SelectMany(static statement => statement.Principal?.Aws ?? [])];
        IKms kms = Connect(accountFrom: principals, regionFrom: []);
        if (ShouldProcess(Alias ?? "a key without an alias", "Create customer managed key"))
        {
            WriteObject(Wait(stop => new WorkflowKeys(kms).CreateAsync(settings, stop)));
        }
    }
}
