using System.IO.Enumeration;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Text with wildcards, as <c>-like</c> takes it: <c>*</c> for any characters or none, <c>?</c> for one; upper and lower case
/// are the same. Square brackets are plain characters. A <c>*</c> in the text that is looked at is matched by one in the pattern.
/// </summary>
/// <param name="Text">The pattern as it was given.</param>
public sealed record AuditPattern(string Text)
{
    private static readonly char[] Wildcards = ['*', '?'];

    // FileSystemName takes a backslash for an escape.
    private readonly string _expression = Text.Replace("\\", "\\\\", StringComparison.Ordinal);

    /// <summary>The stretches of plain text in it, in their order; each stands in whatever it matches.</summary>
    public IEnumerable<string> Literals => Text.Split(Wildcards, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether the whole text is matched.</summary>
    public bool IsMatch(string? text) => text is not null && FileSystemName.MatchesSimpleExpression(_expression, text, ignoreCase: true);

    /// <summary>The pattern as it was given.</summary>
    public override string ToString() => Text;
}
