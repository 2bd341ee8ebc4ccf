namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>One line of a page.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Text">Its text, without the line ending and without trailing white space.</param>
internal readonly record struct MarkdownLine(int Number, string Text);
