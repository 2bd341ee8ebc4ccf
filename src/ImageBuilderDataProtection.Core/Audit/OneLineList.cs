using System.Collections.ObjectModel;

namespace ImageBuilderDataProtection.Audit;

/// <summary>A list that, as text, is its items on one line: Export-Csv and the like write lists as text.</summary>
/// <param name="items">The items.</param>
internal sealed class OneLineList<T>(IList<T> items) : ReadOnlyCollection<T>(items)
{
    /// <summary>The list without items.</summary>
    public static new OneLineList<T> Empty { get; } = new([]);

    /// <inheritdoc />
    public override string ToString() => string.Join(", ", this);
}
