using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// Puts together what rows ask to be revoked, so that each key's policy is changed as seldom as can be: of each role on a key
/// all patterns, and then the roles that lose the same.
/// </summary>
public sealed class RevokeRows
{
    private readonly Dictionary<(string Key, PrincipalArn Role), SortedSet<string>?> _patterns = [];

    /// <summary>Adds a row.</summary>
    /// <param name="key">The key, as it is named.</param>
    /// <param name="roles">The roles.</param>
    /// <param name="workflows">The patterns that they lose; null for all they have.</param>
    public void Add(string key, IEnumerable<PrincipalArn> roles, IReadOnlyList<WorkflowArnPattern>? workflows)
    {
        ArgumentNullException.ThrowIfNull(roles);
        foreach (PrincipalArn role in roles)
        {
            if (workflows is null)
            {
                _patterns[(key, role)] = null;
            }
            else if (!_patterns.TryGetValue((key, role), out SortedSet<string>? known))
            {
                _patterns[(key, role)] = new SortedSet<string>(workflows.Select(static pattern => pattern.Value), StringComparer.Ordinal);
            }
            else
            {
                known?.UnionWith(workflows.Select(static pattern => pattern.Value));
            }
        }
    }

    /// <summary>The changes, each of one key.</summary>
    public IEnumerable<(string Key, RevokeRequest Request)> All =>
        from row in _patterns
        group row.Key.Role by (row.Key.Key, Patterns: row.Value is null ? null : string.Join('\n', row.Value)) into alike
        select (alike.Key.Key, new RevokeRequest { Roles = [.. alike], Workflows = alike.Key.Patterns is null ? null : [.. alike.Key.Patterns.Split('\n').Select(WorkflowArnPattern.Parse)] });
}
