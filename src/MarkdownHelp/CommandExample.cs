namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>An example.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Code">The commands, and their output where it helps.</param>
/// <param name="Remarks">The paragraphs that explain it.</param>
internal sealed record CommandExample(string Title, string Code, IReadOnlyList<string> Remarks);
