using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>
/// Puts workflow grants into the text of a key policy and takes them out again. A grant is known by its meaning, not by its
/// Sid, so doing either twice is the same as once; everything else in the text stays as it is, white space included, and a
/// revoke after a grant that was not there before gives the first text back.
/// </summary>
public static class KeyPolicyEdit
{
    private const string SidPrefix = "Allow encrypted workflows for ";

    /// <summary>The text with a statement for what of the grant the role does not have by a grant of the same conditions.</summary>
    /// <param name="keyPolicy">The key policy's JSON.</param>
    /// <param name="role">The execution role.</param>
    /// <param name="grant">What it is to have.</param>
    /// <exception cref="DataProtectionException">The text is no key policy: see <see cref="KeyPolicy.Parse"/>.</exception>
    public static string Grant(string keyPolicy, PrincipalArn role, WorkflowGrant grant)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(grant);
        var text = KeyPolicyText.Parse(keyPolicy);
        var present = GrantsOf(text.Policy)
            .Where(item => item.Grant.IsFor(role, grant))
            .SelectMany(static item => item.Grant.Workflows.Values)
            .ToHashSet(StringComparer.Ordinal);
        WorkflowArnPattern[] missing = [.. grant.Workflows.Where(pattern => !present.Contains(pattern.Value))];
        return missing.Length == 0
            ? keyPolicy
            : text.Append((grant with { Workflows = missing }).ToKeyStatement(FreeSid(text.Policy, role), [role])).ToString();
    }

    /// <summary>
    /// The text without what the role has of the grant. A role that shares its statement with others, or has more patterns in
    /// it, is taken out of it, and nothing of the others' changes.
    /// </summary>
    /// <param name="keyPolicy">The key policy's JSON.</param>
    /// <param name="role">The execution role.</param>
    /// <param name="grant">What it is to lose: these patterns, under the same conditions.</param>
    /// <exception cref="DataProtectionException">The text is no key policy: see <see cref="KeyPolicy.Parse"/>.</exception>
    public static string Revoke(string keyPolicy, PrincipalArn role, WorkflowGrant grant)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(grant);
        var patterns = grant.Workflows.Select(static pattern => pattern.Value).ToHashSet(StringComparer.Ordinal);
        return TakeOut(keyPolicy, role, found => found.IsFor(role, grant) ? patterns : []);
    }

    /// <summary>The text without the workflow grants that the role has, whatever their patterns.</summary>
    /// <param name="keyPolicy">The key policy's JSON.</param>
    /// <param name="role">The execution role.</param>
    /// <param name="onlyViaImageBuilder">Whether grants stay that are not limited to requests by Image Builder.</param>
    /// <exception cref="DataProtectionException">The text is no key policy: see <see cref="KeyPolicy.Parse"/>.</exception>
    public static string RevokeAll(string keyPolicy, PrincipalArn role, bool onlyViaImageBuilder = false)
    {
        ArgumentNullException.ThrowIfNull(role);
        return TakeOut(keyPolicy, role, found => !onlyViaImageBuilder || found.ViaImageBuilder ? found.Workflows.Values : []);
    }

    /// <summary>The patterns of the workflows for which the role has grants.</summary>
    internal static IReadOnlyList<string> PatternsOf(KeyPolicy policy, PrincipalArn role) =>
    [
        .. GrantsOf(policy).Where(item => item.Grant.Principals.Contains(role.Value)).SelectMany(static item => item.Grant.Workflows.Values).Distinct(StringComparer.Ordinal),
    ];

    // Each step takes something away, and what it leaves may have other places in the text.
    private static string TakeOut(string keyPolicy, PrincipalArn role, Func<KeyStatementGrant, IEnumerable<string>> patterns)
    {
        var text = KeyPolicyText.Parse(keyPolicy);
        while (Next() is (int index, KeyStatementGrant found, string[] taken))
        {
            text = TakeOut(text, index, found, role, taken);
        }

        return text.ToString();

        (int Index, KeyStatementGrant Grant, string[] Taken)? Next() => (
            from item in GrantsOf(text.Policy)
            where item.Grant.Principals.Contains(role.Value)
            let taken = patterns(item.Grant).Intersect(item.Grant.Workflows.Values, StringComparer.Ordinal).ToArray()
            where taken.Length > 0
            select ((int, KeyStatementGrant, string[])?)(item.Index, item.Grant, taken)).FirstOrDefault();
    }

    private static KeyPolicyText TakeOut(KeyPolicyText text, int index, KeyStatementGrant found, PrincipalArn role, string[] taken)
    {
        string[] kept = [.. found.Workflows.Values.Except(taken, StringComparer.Ordinal)];
        bool isShared = found.Principals.Any(principal => principal != role.Value);
        if (kept.Length == 0)
        {
            return isShared ? text.RemovePrincipal(index, role.Value) : text.RemoveStatement(index);
        }

        if (!isShared)
        {
            return taken.Aggregate(text, (rest, pattern) => rest.RemoveConditionValue(index, found.Workflows, pattern));
        }

        // The others keep all of it and the role keeps some, so from here on these are two statements.
        JObject rest = text.Statement(index);
        rest["Sid"] = FreeSid(text.Policy, role);
        rest["Principal"] = new JObject { ["AWS"] = role.Value };
        rest["Condition"]![found.Workflows.Operator]![found.Workflows.Key] = PolicyDocument.OneOrList(kept);
        return text.RemovePrincipal(index, role.Value).Append(rest);
    }

    private static IEnumerable<(int Index, KeyStatementGrant Grant)> GrantsOf(KeyPolicy policy) =>
        from statement in policy.Statements
        let grant = KeyStatementGrant.TryRead(statement)
        where grant is not null
        select (statement.Index, grant);

    // A Sid may have letters and digits, and in a key policy spaces ("Key policies in AWS KMS"); a role's name may have more.
    private static string FreeSid(KeyPolicy policy, PrincipalArn role)
    {
        var taken = policy.Statements.Select(static statement => statement.Sid).ToHashSet(StringComparer.Ordinal);
        string sid = SidPrefix + string.Concat(role.Name.Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ')).Trim();
        return Enumerable.Range(2, taken.Count + 1).Select(number => $"{sid} {number}").Prepend(sid).First(name => !taken.Contains(name));
    }
}
