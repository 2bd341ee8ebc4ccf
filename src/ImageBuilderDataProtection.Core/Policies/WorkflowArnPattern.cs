using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// A pattern of workflow ARNs, as a policy compares <c>aws:imagebuilder:arn</c> with one: <c>*</c> for any characters or none,
/// <c>?</c> for exactly one, such as <c>arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/*</c>. An instance exists
/// only when it matches some workflow ARN.
/// </summary>
public sealed record WorkflowArnPattern
{
    private const string Digits = "0123456789";
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private const int AccountDigits = 12;

    private readonly string _pattern;

    private WorkflowArnPattern(string value, string pattern)
    {
        Value = value;
        _pattern = pattern;
    }

    /// <summary>The pattern, as given.</summary>
    public string Value { get; }

    /// <summary>Every workflow of an account, in any region: what the AWS page's policies have.</summary>
    public static WorkflowArnPattern AllOf(string partition, string account) => Parse($"arn:{partition}:imagebuilder:*:{account}:workflow/*");

    /// <summary>Reads a pattern. A whole workflow ARN is one, too; the <c>*</c> in place of its build number is a wildcard then.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidWorkflowArnPattern</c>: it matches no workflow ARN.</exception>
    public static WorkflowArnPattern Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out WorkflowArnPattern? pattern)
            ? pattern
            : throw new DataProtectionException("InvalidWorkflowArnPattern", FailureKind.InvalidArgument, $"\"{text}\" matches no workflow ARN: {Hint(text)}.");
    }

    /// <summary>Reads a pattern, or answers false for what matches no workflow ARN.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WorkflowArnPattern? pattern)
    {
        string form = WildcardPattern.From(text ?? "");
        pattern = Matches(form, partition: null, AnyAccount) ? new WorkflowArnPattern(text!, form) : null;
        return pattern is not null;
    }

    /// <summary>Whether the pattern matches a workflow's ARN.</summary>
    public bool IsMatch(WorkflowArn arn)
    {
        ArgumentNullException.ThrowIfNull(arn);
        return WildcardPattern.IsMatch(_pattern, arn.Value);
    }

    /// <summary>Whether the pattern matches some workflow of a partition.</summary>
    public bool MatchesPartition(string partition) => Matches(_pattern, partition, AnyAccount);

    /// <summary>Whether the pattern matches some workflow of an account.</summary>
    public bool MatchesAccount(string account) => Matches(_pattern, partition: null, shape => [shape.Then(account)]);

    /// <summary>Whether the pattern matches some workflow of an account other than these.</summary>
    public bool MatchesOtherAccountThan(IReadOnlyCollection<string> accounts) => Matches(_pattern, partition: null, shape => OtherAccounts(shape, accounts));

    /// <summary>A workflow ARN that the pattern matches; null when none is found, which is so only of odd patterns.</summary>
    /// <param name="account">The account, where the pattern leaves it open.</param>
    internal WorkflowArn? Sample(string account)
    {
        string[] parts = Value.Split(':', 6);
        string[] resource = (parts.Length == 6 ? parts[5] : "*").Split('/', 5);
        IEnumerable<string> candidates =
            from partition in Fill(parts, 1, "aws")
            from region in Fill(parts, 3, "us-east-1", "us-west-2", "eu-west-1", "cn-north-1", "us-gov-west-1")
            from owner in Fill(parts, 4, account)
            from type in Fill(resource, 1, [.. Enum.GetNames<WorkflowType>().Select(static name => name.ToLowerInvariant())])
            from name in Fill(resource, 2, "a")
            from version in Fill(resource, 3, "1.0.0")
            from build in Fill(resource, 4, "*", "1")
            select $"arn:{partition}:imagebuilder:{region}:{owner}:workflow/{type}/{name}/{version}/{build}";
        return candidates.Select(static text => WorkflowArn.TryParse(text, out WorkflowArn? arn) ? arn : null).FirstOrDefault(arn => arn is not null && IsMatch(arn));
    }

    // A part of a pattern as it stands, or with something in place of what it leaves open.
    private static IEnumerable<string> Fill(string[] parts, int index, params string[] anything)
    {
        string part = index < parts.Length ? parts[index] : "*";
        return part.AsSpan().IndexOfAny('*', '?') < 0 ? [part] : [.. anything, part.Replace("*", "", StringComparison.Ordinal).Replace('?', '0'), part.Replace("*", anything[0], StringComparison.Ordinal).Replace('?', '0')];
    }

    /// <inheritdoc />
    public override string ToString() => Value;

    /// <summary>The ARN of some workflow that is of a shape, and is matched by a pattern where there is one; null when there is none.</summary>
    internal static string? FindSample(TextShape shape, WorkflowArnPattern? pattern = null) => AnyAccount(UpToAccount(partition: null))
        .SelectMany(FromAccount)
        .Where(shape.Overlaps)
        .Select(form => TextShape.FindCommon(pattern is null ? [form, shape] : [form, shape, TextShape.Of(pattern._pattern)]))
        .FirstOrDefault(static sample => sample is not null);

    /// <summary>What a pattern that matches no workflow ARN lacks, as far as it can be told.</summary>
    internal static string Hint(string text) =>
        Matches(WildcardPattern.From(text.ToLowerInvariant()), partition: null, AnyAccount) ? "it has upper-case letters, and Image Builder's ARNs are lower case"
        : Matches(WildcardPattern.From(text + "*"), partition: null, AnyAccount) ? "it ends too early; put * at its end"
        : "it must be able to match arn:{partition}:imagebuilder:{region}:{account}:workflow/{build|test|distribution}/{name}/{x.y.z}/{build number or *}";

    private static bool Matches(string pattern, string? partition, Func<TextShape, IEnumerable<TextShape>> account)
    {
        TextShape wanted = TextShape.Of(pattern);
        return account(UpToAccount(partition)).SelectMany(FromAccount).Any(wanted.Overlaps);
    }

    // The form that WorkflowArn reads. What is longer than it allows, but else alike, counts as matched.
    private static TextShape UpToAccount(string? partition) =>
        (partition is null ? TextShape.Empty.Then("arn:aws").ThenAnyOf(Letters + "-") : TextShape.Empty.Then("arn:" + partition))
        .Then(":imagebuilder:").ThenOneOf(Letters, 2).ThenAnyOf(Letters + "-").Then("-").ThenOneOf(Letters).ThenAnyOf(Letters + "-").Then("-").ThenOneOf(Digits).ThenAnyOf(Digits)
        .Then(":");

    private static IEnumerable<TextShape> AnyAccount(TextShape shape) => [shape.ThenOneOf(Digits, AccountDigits)];

    // All that begin like one of the accounts and then go on as none of them does.
    private static IEnumerable<TextShape> OtherAccounts(TextShape shape, IReadOnlyCollection<string> accounts) =>
        from length in Enumerable.Range(0, AccountDigits)
        from start in accounts.Select(account => account[..length]).Distinct(StringComparer.Ordinal)
        let others = string.Concat(Digits.Where(digit => !accounts.Any(account => account.StartsWith(start + digit, StringComparison.Ordinal))))
        where others.Length > 0
        select shape.Then(start).ThenOneOf(others).ThenOneOf(Digits, AccountDigits - length - 1);

    private static IEnumerable<TextShape> FromAccount(TextShape shape) =>
        from type in Enum.GetNames<WorkflowType>()
        let named = shape.Then(":workflow/" + type.ToLowerInvariant() + "/").ThenOneOf(Letters + Digits + "_-").ThenAnyOf(Letters + Digits + "_-").Then("/")
        let numbered = Number(Number(Number(named).Then(".")).Then(".")).Then("/")
        from whole in new[] { Number(numbered), numbered.Then("*") }
        select whole;

    private static TextShape Number(TextShape shape) => shape.ThenOneOf(Digits).ThenAnyOf(Digits);
}
