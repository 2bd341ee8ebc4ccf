namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>Keeps a policy within one partition, since none reaches across.</summary>
internal static class Partitions
{
    /// <summary>Refuses ARNs of several partitions.</summary>
    /// <exception cref="DataProtectionException"><c>MixedPartitions</c>.</exception>
    public static void RequireOne(IEnumerable<string> partitions)
    {
        string[] distinct = [.. partitions.Distinct(StringComparer.Ordinal)];
        if (distinct.Length > 1)
        {
            throw Mixed($"The ARNs are of several partitions ({string.Join(", ", distinct)}), and no policy reaches across partitions; write one policy for each.");
        }
    }

    /// <summary>The workflows of a policy: those asked for, or the page's, every workflow of the accounts in any region.</summary>
    /// <exception cref="DataProtectionException"><c>MixedPartitions</c>: a pattern matches no workflow of the partition.</exception>
    public static IReadOnlyList<WorkflowArnPattern> WorkflowsOf(string partition, IEnumerable<string> accounts, IReadOnlyList<WorkflowArnPattern> workflows)
    {
        if (workflows.Count == 0)
        {
            return [.. accounts.Distinct(StringComparer.Ordinal).Select(account => WorkflowArnPattern.AllOf(partition, account))];
        }

        return workflows.FirstOrDefault(pattern => !pattern.MatchesPartition(partition)) is { } foreign
            ? throw Mixed($"\"{foreign}\" matches no workflow of the partition {partition}, which the other ARNs are of; no policy reaches across partitions.")
            : workflows;
    }

    private static DataProtectionException Mixed(string message) => new("MixedPartitions", FailureKind.InvalidArgument, message);
}
