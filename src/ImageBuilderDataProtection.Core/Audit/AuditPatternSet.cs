using System.Collections.Concurrent;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Patterns, of which one must match. A thousand of them cost hardly more than one: those without wildcard characters are looked up,
/// and what the others say of a text is remembered, for a trail names the same few workflows and callers again and again. Safe for several threads.
/// </summary>
internal sealed class AuditPatternSet
{
    // Texts that are remembered; a trail with more different ones is read all the same, only slower.
    private const int MaxRemembered = 10_000;

    private readonly HashSet<string> _texts;
    private readonly AuditPattern[] _patterns;
    private readonly bool _asksForHidden;
    private readonly ConcurrentDictionary<string, bool> _remembered = new(StringComparer.Ordinal);

    /// <param name="patterns">The patterns.</param>
    public AuditPatternSet(IReadOnlyList<AuditPattern> patterns)
    {
        Patterns = patterns;
        AsksForNone = patterns.Any(static pattern => pattern.AsksForNone);
        _asksForHidden = patterns.Any(static pattern => pattern.AsksForHidden);
        ILookup<bool, AuditPattern> byKind = patterns.ToLookup(static pattern => pattern.HasWildcards);
        _texts = byKind[false].Select(static pattern => pattern.Text).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _patterns = [.. byKind[true].DistinctBy(static pattern => pattern.Text, StringComparer.Ordinal)];
    }

    /// <summary>The patterns.</summary>
    public IReadOnlyList<AuditPattern> Patterns { get; }

    /// <summary>Whether one asks for events that have no such value.</summary>
    public bool AsksForNone { get; }

    /// <summary>Whether one matches the whole text.</summary>
    public bool IsMatch(string? text) => text is not null && (_texts.Contains(text) || (_patterns.Length > 0 && IsLike(text)));

    /// <summary>Whether one matches one of an event's texts, or asks for their being withheld or not there.</summary>
    /// <param name="texts">The texts; null for one that is not there.</param>
    /// <param name="isHidden">Whether texts are withheld.</param>
    public bool IsMatchOfAny(IEnumerable<string?> texts, bool isHidden = false) =>
        texts.Any(IsMatch) || (isHidden ? _asksForHidden : AsksForNone && texts.All(static text => text is null));

    private bool IsLike(string text)
    {
        if (_remembered.TryGetValue(text, out bool isLike))
        {
            return isLike;
        }

        isLike = Array.Exists(_patterns, pattern => pattern.IsMatch(text));
        if (_remembered.Count < MaxRemembered)
        {
            _remembered[text] = isLike;
        }

        return isLike;
    }
}
