using System.Collections.ObjectModel;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// The pairs of an object of a record, in the record's order. As text they are their JSON on one line: Export-Csv and the like write
/// what holds other things as text.
/// </summary>
/// <param name="pairs">The pairs.</param>
internal sealed class RecordPairs<T>(IDictionary<string, T> pairs) : ReadOnlyDictionary<string, T>(pairs)
{
    // It is no part of a page: what has a meaning in HTML stands as itself.
    private static readonly JsonSerializerOptions AsText = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc />
    public override string ToString() => JsonSerializer.Serialize<object>(this, AsText);
}
