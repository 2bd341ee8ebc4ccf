namespace ImageBuilderDataProtection.Policies;

/// <summary>The element Action or Resource of a statement, or its opposite, NotAction or NotResource.</summary>
/// <param name="Values">The patterns; <c>*</c> and <c>?</c> are wildcards.</param>
/// <param name="IsNegated">Whether the statement is about everything but these.</param>
public sealed record PolicyPatterns(IReadOnlyList<string> Values, bool IsNegated);
