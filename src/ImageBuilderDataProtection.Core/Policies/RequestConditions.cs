using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// The condition keys of one request and their values. Names are compared without regard to case, and that goes for the
/// context key inside <c>kms:EncryptionContext:…</c> too ("Case sensitivity of the encryption context condition" in the AWS
/// KMS Developer Guide). A key that is not here is not in the request.
/// </summary>
public sealed class RequestConditions
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.OrdinalIgnoreCase);

    private RequestConditions()
    {
    }

    /// <summary>The keys that every request has, those of its encryption context, and others.</summary>
    /// <param name="principal">Who makes the request.</param>
    /// <param name="context">The encryption context; null for an operation that has none.</param>
    /// <param name="viaService">The AWS service that calls for the principal, as <c>kms:ViaService</c> has it: <c>imagebuilder.us-west-2.amazonaws.com</c>.</param>
    /// <param name="others">Further condition keys. A key that stands several times has several values.</param>
    public static RequestConditions For(
        RequestPrincipal principal,
        EncryptionContext? context = null,
        string? viaService = null,
        IEnumerable<KeyValuePair<string, string>>? others = null)
    {
        ArgumentNullException.ThrowIfNull(principal);
        var conditions = new RequestConditions();
        conditions.Add(ConditionKeys.CallerAccount, principal.Account);
        conditions.Add(ConditionKeys.PrincipalAccount, principal.Account);
        conditions.Add(ConditionKeys.PrincipalArn, principal.Identity.Value);
        if (principal.Identity.Kind == PrincipalKind.User)
        {
            // "Principal key values" in "IAM policy elements: Variables and tags": of the three only a user has it.
            conditions.Add(ConditionKeys.Username, principal.Identity.Name);
        }

        foreach ((string key, string value) in context ?? EncryptionContext.Empty)
        {
            conditions.Add(ConditionKeys.EncryptionContextPrefix + key, value);
            conditions.Add(ConditionKeys.EncryptionContextKeys, key);
        }

        if (viaService is not null)
        {
            conditions.Add(ConditionKeys.ViaService, viaService);
        }

        foreach ((string key, string value) in others ?? [])
        {
            conditions.Add(key, value);
        }

        return conditions;
    }

    /// <summary>The values of a condition key; none when the request does not have it.</summary>
    public IReadOnlyList<string> Values(string key) => _values.TryGetValue(key, out List<string>? values) ? values : [];

    private void Add(string key, string value)
    {
        if (!_values.TryGetValue(key, out List<string>? values))
        {
            _values.Add(key, values = []);
        }

        values.Add(value);
    }
}
