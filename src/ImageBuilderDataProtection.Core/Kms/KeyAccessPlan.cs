using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;

namespace ImageBuilderDataProtection.Kms;

/// <summary>A change of who may use a key for workflows, made out but not yet put.</summary>
public sealed record KeyAccessPlan
{
    /// <summary>The most workflows that <see cref="DescribeAffected"/> lists of a role.</summary>
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

    /// <summary>The key policy as it is now.</summary>
    public KeyPolicy Current => KeyPolicy.Parse(Change.Before);

    /// <summary>The change of the policy, over several lines.</summary>
    public string Describe() => $"Change the policy of the key {Key}:\n{Change}";

    /// <summary>What each role can then no longer open, over several lines and at most <see cref="MaxListed"/> workflows.</summary>
    public IEnumerable<string> DescribeAffected()
    {
        foreach (IGrouping<string, AffectedWorkflow> ofRole in Affected.GroupBy(static workflow => workflow.RoleArn, StringComparer.Ordinal))
        {
            List<string> lines = [$"The role {ofRole.Key} can then no longer open {Workflows(ofRole.Count())}:"];
            lines.AddRange(ofRole.Take(MaxListed).Select(static workflow => $"  {workflow}"));
            if (ofRole.Count() > MaxListed)
            {
                lines.Add($"  and {ofRole.Count() - MaxListed:N0} more");
            }

            yield return string.Join('\n', lines);
        }
    }

    private static string Workflows(int count) => count == 1 ? "this workflow" : $"these {count:N0} workflows";
}
