using System.Collections.ObjectModel;

namespace ImageBuilderDataProtection.Audit.Usage;

/// <summary>A list that, as text, is its items on one line: Export-Csv and the like write lists as text.</summary>
/// <param name="items">The items.</param>
internal sealed class OneLineList<T>(IList<T> items) : ReadOnlyCollection<T>(items)
{
    /// <inheritdoc />
    public override string ToString() => string.Join(", ", this);
}
