namespace ImageBuilderDataProtection.Commands;

/// <summary>Takes account and region out of ARNs of any service: <c>arn:partition:service:region:account:resource</c>.</summary>
internal static class ArnParts
{
    /// <summary>Partition and account of the first text that is an ARN with an account.</summary>
    public static (string Partition, string Account)? FirstAccount(IEnumerable<string> texts) => texts
        .Select(Split)
        .Where(static parts => parts is not null && parts[4].Length > 0)
        .Select(static parts => ((string, string)?)(parts![1], parts[4]))
        .FirstOrDefault();

    /// <summary>The region of the first text that is an ARN with a region.</summary>
    public static string? FirstRegion(IEnumerable<string> texts) => texts
        .Select(Split)
        .FirstOrDefault(static parts => parts is not null && parts[3].Length > 0)?[3];

    private static string[]? Split(string text)
    {
        string[] parts = text.Split(':', 6);
        return parts.Length == 6 && parts[0] == "arn" ? parts : null;
    }
}
