using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Workflows;

/// <summary>
/// The Amazon Resource Name of an Image Builder workflow version, such as
/// <c>arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*</c>.
/// An instance exists only when valid. The form is the pattern of the Image Builder API reference
/// (WorkflowSummary.arn and WorkflowVersion.arn), plus <c>*</c> in place of the build number, as Image Builder itself
/// writes it in the encryption context. Case matters everywhere.
/// </summary>
public sealed partial record WorkflowArn
{
    private WorkflowArn(Match match)
    {
        Value = match.Value;
        Partition = match.Groups["partition"].Value;
        Region = match.Groups["region"].Value;
        Account = match.Groups["account"].Value;
        Type = Enum.Parse<WorkflowType>(match.Groups["type"].Value, ignoreCase: true);
        Name = match.Groups["name"].Value;
        Version = match.Groups["version"].Value;
        Build = match.Groups["build"].Value;
    }

    /// <summary>The whole ARN, as given.</summary>
    public string Value { get; }

    /// <summary>The partition: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>...</summary>
    public string Partition { get; }

    /// <summary>The region, such as <c>us-west-2</c>.</summary>
    public string Region { get; }

    /// <summary>The twelve digits of the owning account.</summary>
    public string Account { get; }

    /// <summary>The stage the workflow belongs to.</summary>
    public WorkflowType Type { get; }

    /// <summary>The workflow's name as it stands in the ARN: lower case.</summary>
    public string Name { get; }

    /// <summary>The semantic version, such as <c>1.0.0</c>.</summary>
    public string Version { get; }

    /// <summary>The build number, or <c>*</c>.</summary>
    public string Build { get; }

    /// <summary>Reads a workflow ARN.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidWorkflowArn</c>: the text is not a workflow ARN.</exception>
    public static WorkflowArn Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Match match = Pattern().Match(text);
        return match.Success
            ? new WorkflowArn(match)
            : throw new DataProtectionException("InvalidWorkflowArn", FailureKind.InvalidArgument, Describe(text));
    }

    /// <summary>Reads a workflow ARN, or answers false.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WorkflowArn? arn)
    {
        Match match = Pattern().Match(text ?? "");
        arn = match.Success ? new WorkflowArn(match) : null;
        return match.Success;
    }

    /// <inheritdoc />
    public override string ToString() => Value;

    private static string Describe(string text)
    {
        const string Form =
            "arn:{partition}:imagebuilder:{region}:{account}:workflow/{build|test|distribution}/{name}/{x.y.z}/{build number or *}";
        string hint = Pattern().IsMatch(text.ToLowerInvariant())
            ? "it has upper-case letters, and Image Builder's ARNs are lower case"
            : Pattern().IsMatch(text + "/*")
                ? "the build number or * is missing at the end"
                : "it must read " + Form;
        return $"\"{text}\" is not a workflow ARN: {hint}.";
    }

    [GeneratedRegex(
        @"\Aarn:(?<partition>aws(-[a-z]+)*):imagebuilder:(?<region>[a-z]{2,}(-[a-z]+)+-[0-9]+):(?<account>[0-9]{12}):" +
        @"workflow/(?<type>build|test|distribution)/(?<name>[a-z0-9_-]{1,128})/(?<version>[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9})/(?<build>[0-9]{1,9}|\*)\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
