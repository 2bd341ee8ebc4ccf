namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Values by names that are found whatever the case of their letters, as PowerShell finds everything else: first the name itself,
/// then the first one that differs by case only. So nothing is lost where two names differ by no more. Names are enumerated in the
/// order in which they were added.
/// </summary>
/// <param name="pairs">The pairs; no name may stand twice.</param>
internal sealed class RecordNames(IEnumerable<KeyValuePair<string, object?>> pairs) : Dictionary<string, object?>(pairs, StringComparer.Ordinal), IDictionary<string, object?>
{
    /// <inheritdoc />
    object? IDictionary<string, object?>.this[string key]
    {
        get => base[Find(key) ?? key];
        set => base[key] = value;
    }

    /// <inheritdoc />
    bool IDictionary<string, object?>.ContainsKey(string key) => Find(key) is not null;

    /// <inheritdoc />
    bool IDictionary<string, object?>.TryGetValue(string key, out object? value) => TryGetValue(Find(key) ?? key, out value);

    // Records have few names in an object, and mostly the first way finds one.
    private string? Find(string key) => ContainsKey(key) ? key : Keys.FirstOrDefault(name => name.Equals(key, StringComparison.OrdinalIgnoreCase));
}
