namespace ImageBuilderDataProtection.Policies;

/// <summary>A statement that would have allowed the request but for one thing.</summary>
/// <param name="Policy">Where the statement stands.</param>
/// <param name="Statement">The statement.</param>
/// <param name="Reason">The one thing that kept it out, as a sentence for a person.</param>
public sealed record PolicyNearMiss(PolicyKind Policy, PolicyStatement Statement, string Reason)
{
    /// <summary>The statement and the reason.</summary>
    public override string ToString() => TerminalText.Line($"{Statement}: {Reason}");
}
