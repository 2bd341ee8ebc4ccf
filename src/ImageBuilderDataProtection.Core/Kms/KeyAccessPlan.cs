using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;

namespace ImageBuilderDataProtection.Kms;

/// <summary>A change of who may use a key for workflows, made out but not yet put.</summary>
public sealed record KeyAccessPlan
{
    /// <summary>The most files and events that <see cref="DescribeAffected"/> lists of a role.</summary>
    public const int MaxListed = 20;

    internal KeyAccessPlan(KeyAccessRequest request, KeyArn key, KeyPolicyChange change)
    {
        Request = request;
        Key = key;
        Change = change;
    }

    /// <summary>What was asked for.</summary>
    public KeyAccessRequest Request { get; }

    /// <summary>The key.</summary>
    public KeyArn Key { get; }

    /// <summary>The change of its policy.</summary>
    public KeyPolicyChange Change { get; }

    /// <summary>The workflows that a role can no longer open, of those that were named.</summary>
    public IReadOnlyList<AffectedWorkflow> Affected { get; init; } = [];

    /// <summary>What the change does not do though one might think so, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What the change was to do and does not, once it is made: <c>AccessRemains</c>.</summary>
    public IReadOnlyList<DataProtectionException> Failures { get; init; } = [];

    /// <summary>The key policy as it is now.</summary>
    public KeyPolicy Current => KeyPolicy.Parse(Change.Before);

    /// <summary>The change of the policy, over several lines.</summary>
    public string Describe() => $"Change the policy of the key {Key}:\n{Change}";

    /// <summary>What each role can then no longer open, over several lines and at most <see cref="MaxListed"/> files and events, those of one workflow below it.</summary>
    public IEnumerable<string> DescribeAffected()
    {
        foreach (IGrouping<string, AffectedWorkflow> ofRole in Affected.GroupBy(static workflow => workflow.RoleArn, StringComparer.Ordinal))
        {
            List<string> lines = [$"The role {ofRole.Key} can then no longer open {Workflows(ofRole.DistinctBy(static one => one.WorkflowArn).Count())}:"];
            lines.AddRange(ofRole.Take(MaxListed).GroupBy(static one => (one.WorkflowArn, one.Condition)).SelectMany(Lines));
            if (ofRole.Count() > MaxListed)
            {
                lines.Add($"  and {ofRole.Count() - MaxListed:N0} more");
            }

            yield return string.Join('\n', lines);
        }
    }

    private static IEnumerable<string> Lines(IGrouping<(string?, string Condition), AffectedWorkflow> ofWorkflow) => ofWorkflow.ToArray() is [AffectedWorkflow only]
        ? [$"  {only}"]
        : ofWorkflow.Select(static one => $"    {one.Place}").Prepend($"  {ofWorkflow.First().Name}{ofWorkflow.Key.Condition}");

    private static string Workflows(int count) => count == 1 ? "this workflow" : $"these {count:N0} workflows";
}
