using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>How a name of AWS is shown: the part that tells things apart, and beside it where the thing is.</summary>
/// <param name="Name">The part after the account, or the whole where it is no ARN that we know.</param>
/// <param name="Account">The account; null where the name says none.</param>
/// <param name="Region">The region; null where the name says none.</param>
internal readonly record struct ResourceName(string Name, string? Account = null, string? Region = null)
{
    /// <summary>A workflow: <c>build/web/1.0.0/*</c>.</summary>
    public static ResourceName OfWorkflow(string arn) => WorkflowArn.TryParse(arn, out WorkflowArn? workflow)
        ? new(arn[(arn.IndexOf('/', StringComparison.Ordinal) + 1)..], workflow.Account, workflow.Region)
        : new(arn);

    /// <summary>A key: its id.</summary>
    public static ResourceName OfKey(string arn) => KeyArn.TryParse(arn, out KeyArn? key) ? new(key.KeyId, key.Account, key.Region) : new(arn);

    /// <summary>A principal: <c>role/builds/Builder</c>.</summary>
    public static ResourceName OfPrincipal(string arn) =>
        arn.Split(':', 6) is ["arn", _, "iam" or "sts", "", { Length: 12 } account, { Length: > 0 } name] && account.All(char.IsAsciiDigit)
            ? new(name, account)
            : new(arn);

    /// <summary>Anything else, as it is.</summary>
    public static ResourceName Of(string name) => new(name);

    /// <summary>The account and region, as far as they are not those of the whole report; null for nothing.</summary>
    public string? Place(ReportHome home) =>
        (Account == home.Account ? null : Account, Region == home.Region ? null : Region) switch
        {
            (null, var region) => region,
            (var account, null) => account,
            (var account, var region) => $"{account} · {region}",
        };
}
