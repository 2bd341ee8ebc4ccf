using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>
/// An interpolated string as markup: what stands in the source is written as it is, and every value put into it is escaped.
/// The compiler takes nothing but an interpolated string for it, so no value can become markup.
/// </summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlTemplate
{
    private readonly HtmlWriter _html;

    [SuppressMessage("Style", "IDE0060", Justification = "The compiler gives these two to every handler.")]
    public HtmlTemplate(int literalLength, int formattedCount, HtmlWriter html) => _html = html;

    /// <summary>Called by the compiler, with what stands in the source. Anything but a constant is an error of the analysis (CA1857).</summary>
    public void AppendLiteral([ConstantExpected] string markup) => _html.WriteMarkup(markup);

    /// <summary>A text; nothing for null.</summary>
    public void AppendFormatted(string? value) => _html.WriteValue(value);

    /// <summary>A count, as 1,234.</summary>
    public void AppendFormatted(long value) => _html.WriteValue(value.ToString("N0", CultureInfo.InvariantCulture));

    /// <summary>A place or size in a drawing.</summary>
    public void AppendFormatted(double value) => _html.WriteValue(value.ToString("0.###", CultureInfo.InvariantCulture));

    /// <summary>A time, UTC, in a form of .NET.</summary>
    public void AppendFormatted(DateTime value, [ConstantExpected] string format) => _html.WriteValue(value.ToString(format, CultureInfo.InvariantCulture));
}
