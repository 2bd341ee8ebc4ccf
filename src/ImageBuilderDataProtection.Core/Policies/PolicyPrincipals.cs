namespace ImageBuilderDataProtection.Policies;

/// <summary>The element Principal of a statement, or its opposite, NotPrincipal.</summary>
/// <param name="ByType">
/// The principals by type: <c>AWS</c>, <c>Service</c>, <c>Federated</c>, <c>CanonicalUser</c>. A bare <c>"*"</c> stands here
/// as <c>AWS</c>: <c>*</c>, which means the same ("AWS JSON policy elements: Principal").
/// </param>
/// <param name="IsNegated">Whether the statement is about everyone but these.</param>
public sealed record PolicyPrincipals(IReadOnlyDictionary<string, IReadOnlyList<string>> ByType, bool IsNegated)
{
    /// <summary>The accounts, roles, users and sessions.</summary>
    public IReadOnlyList<string> Aws => ByType.TryGetValue("AWS", out IReadOnlyList<string>? values) ? values : [];
}
