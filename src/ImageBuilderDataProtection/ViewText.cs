using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ImageBuilderDataProtection.Commands;

namespace ImageBuilderDataProtection;

/// <summary>
/// What the views show of texts, and of what turns into text. Names of files, policies and records hold what others chose, so no view
/// shows one in another way. Public, for the script blocks of views to call it.
/// </summary>
public static class ViewText
{
    /// <summary>A value on one line, or a list with a line for each item.</summary>
    /// <param name="value">The value; null gives null.</param>
    public static string? Of(object? value) => value is null ? null : string.Join('\n', Items(value));

    /// <summary>
    /// Properties and their values, a line each. PowerShell shows an object after one of another kind without a view, by its display
    /// set alone, which can name properties but not say how to show them.
    /// </summary>
    /// <param name="item">The object.</param>
    /// <param name="names">The names of the properties.</param>
    public static string Properties(PSObject item, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(names);
        int width = names.Max(static name => name.Length);
        return string.Join('\n', names.Select(name => $"{name.PadRight(width)} : {OneLine(item.Properties[name]?.Value)}".TrimEnd()));
    }

    private static string OneLine(object? value) => value is null ? "" : string.Join(", ", Items(value));

    private static IEnumerable<string> Items(object value) => Wrapped.Unwrap(value) is IEnumerable list and not string ? list.Cast<object?>().Select(Line) : [Line(value)];

    private static string Line(object? value) => TerminalText.Line(Wrapped.Unwrap(value) switch
    {
        null => "",
        DateTime time => time.ToString("u", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.CurrentCulture) ?? "",
    });
}
