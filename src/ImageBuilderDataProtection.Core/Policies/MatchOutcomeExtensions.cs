namespace ImageBuilderDataProtection.Policies;

/// <summary>The opposite of a match.</summary>
internal static class MatchOutcomeExtensions
{
    /// <summary>Yes for no, no for yes; what is not known stays so.</summary>
    public static MatchOutcome Not(this MatchOutcome match) => (MatchOutcome)(MatchOutcome.Yes - match);

    /// <summary>Yes or no.</summary>
    public static MatchOutcome ToOutcome(this bool isMatch) => isMatch ? MatchOutcome.Yes : MatchOutcome.No;
}
