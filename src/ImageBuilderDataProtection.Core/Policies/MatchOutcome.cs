namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// Whether part of a statement matches a request. The order is that of three-valued logic: all of several is the least of
/// them, any of several the greatest. What is not known counts as matching in a Deny and as not matching in an Allow, so
/// that nothing fails open.
/// </summary>
internal enum MatchOutcome
{
    /// <summary>It does not match.</summary>
    No,

    /// <summary>It cannot be told.</summary>
    Unknown,

    /// <summary>It matches.</summary>
    Yes,
}
