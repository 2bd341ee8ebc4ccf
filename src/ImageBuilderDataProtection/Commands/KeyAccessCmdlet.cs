using System.Management.Automation;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of the cmdlets that change who may use a key for workflows.</summary>
public abstract class KeyAccessCmdlet : KmsCmdlet
{
    /// <summary>The key.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string KeyId { get; set; } = null!;

    /// <summary>The execution roles.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] ExecutionRoleArn { get; set; } = [];

    /// <summary>Whether the grant is one for requests that Image Builder makes for the role.</summary>
    [Parameter]
    public SwitchParameter ViaImageBuilder { get; set; }

    /// <summary>Whether a policy with errors is put.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The execution roles that texts name.</summary>
    private protected static IReadOnlyList<PrincipalArn> Roles(IEnumerable<string> texts) => [.. texts.Select(PrincipalArn.ParseRole)];

    /// <summary>The patterns that texts name; null for those of a row whose cell is empty.</summary>
    private protected IReadOnlyList<WorkflowArnPattern>? Workflows(IEnumerable<string>? texts)
    {
        string[] given = [.. (texts ?? []).Where(text => IsPatternNamed || !string.IsNullOrWhiteSpace(text))];
        return given.Length == 0 ? null : [.. given.Select(WorkflowArnPattern.Parse)];
    }

    /// <summary>Whether -WorkflowArn stands on the command line, so that it is the same for all input.</summary>
    private protected bool IsPatternNamed { get; private set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        // A variable that is empty by mistake must not stand for all workflows, as an empty cell does.
        IsPatternNamed = MyInvocation.BoundParameters.TryGetValue("WorkflowArn", out object? patterns);
        if (IsPatternNamed && patterns is not string[] { Length: > 0 })
        {
            ForAll<object?>(null, static () => throw new DataProtectionException(
                "InvalidWorkflowArnPattern", FailureKind.InvalidArgument, "-WorkflowArn is empty; give a pattern, or leave it out for all workflows."));
        }
    }

    /// <summary>Makes out a change, shows it, and puts it if it may.</summary>
    private protected void Change(string key, KeyAccessRequest request)
    {
        // Not the account of the roles: they may be of another one than the key.
        var access = new WorkflowKeyAccess(Connect(accountFrom: [key], regionFrom: [key]));
        KeyAccessPlan plan = Wait(stop => access.PlanAsync(KeyIdentifier.Parse(key), request, stop));
        Tell(plan);
        bool isMade = true;
        if (!plan.Change.IsChange)
        {
            WriteObject(plan.Current);
        }
        else if (ShouldProcess(plan.Describe(), $"{plan.Describe()}\nDo you want to make this change?", "Confirm"))
        {
            WriteObject(Wait(stop => access.ApplyAsync(plan, stop)));
        }
        else
        {
            isMade = false;
        }

        foreach (DataProtectionException failure in isMade ? plan.Failures : [])
        {
            WriteError(ErrorRecords.Create(failure, key));
        }
    }

    /// <summary>Tells what is to be known of a change beforehand.</summary>
    private protected virtual void Tell(KeyAccessPlan plan)
    {
        foreach (string warning in plan.Warnings)
        {
            WriteWarning(warning);
        }
    }
}
