namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>Something wrong with a policy.</summary>
public sealed record PolicyFinding
{
    /// <summary>The rule's stable name, such as <c>ResourceMatchesNoKey</c>; about_IBPolicyRules lists them.</summary>
    public required string RuleId { get; init; }

    /// <summary>How bad it is.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>Where the policies come from: a file, or the ARN of the key that has the key policy; null when neither is known.</summary>
    public string? Source { get; init; }

    /// <summary>Which policy: <c>Key policy</c>, <c>Role policy</c>, or <c>Role policy 2</c> where there are several.</summary>
    public required string Policy { get; init; }

    /// <summary>The statement: its Sid in quotes, or its place, such as <c>Statement[0]</c>; null when it is about the whole policy.</summary>
    public string? Statement { get; init; }

    /// <summary>The place in the document, such as <c>Statement[1].Resource</c>; empty when it is about the whole policy.</summary>
    public required string Path { get; init; }

    /// <summary>What is wrong, as a sentence.</summary>
    public required string What { get; init; }

    /// <summary>Why it matters, as a sentence.</summary>
    public required string Why { get; init; }

    /// <summary>What to do, as a sentence.</summary>
    public required string Fix { get; init; }

    /// <summary>The finding on one line.</summary>
    public override string ToString() => TerminalText.Line($"{Severity} {RuleId} ({(Path.Length == 0 ? Policy : $"{Policy}, {Path}")}): {What}");
}
