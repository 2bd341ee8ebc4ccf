namespace ImageBuilderDataProtection.Policies;

/// <summary>How a statement's Principal names the caller.</summary>
internal enum PrincipalMatch
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By its account, which hands the matter on to the identity policies.</summary>
    Account,

    /// <summary>Itself.</summary>
    Direct,
}
