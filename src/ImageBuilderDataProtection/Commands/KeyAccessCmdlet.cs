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

    /// <summary>The patterns that texts name; null for null.</summary>
    private protected static IReadOnlyList<WorkflowArnPattern>? Workflows(IEnumerable<string>? texts) => texts is null ? null : [.. texts.Select(WorkflowArnPattern.Parse)];

    /// <summary>Makes out a change, shows it, and puts it if it may.</summary>
    private protected void Change(string key, KeyAccessRequest request)
    {
        IReadOnlyList<string> roles = [.. request.Roles.Select(static role => role.Value)];
        var access = new WorkflowKeyAccess(Connect(accountFrom: [key, .. roles], regionFrom: [key]));
        KeyAccessPlan plan = Wait(stop => access.PlanAsync(KeyIdentifier.Parse(key), request, stop));
        Tell(plan);
        if (!plan.Change.IsChange)
        {
            WriteObject(plan.Current);
        }
        else if (ShouldProcess(plan.Describe(), $"{plan.Describe()}\nDo you want to make this change?", "Confirm"))
        {
            WriteObject(Wait(stop => access.ApplyAsync(plan, stop)));
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
