namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>A heading with what stands below it.</summary>
/// <param name="Line">The heading's line number.</param>
/// <param name="Level">1 for <c>#</c>, 2 for <c>##</c>, 3 for <c>###</c>.</param>
/// <param name="Title">The heading's text.</param>
/// <param name="Body">The lines up to the next heading of any level.</param>
/// <param name="Children">The sections one level below, in order.</param>
internal sealed record MarkdownSection(
    int Line,
    int Level,
    string Title,
    IReadOnlyList<MarkdownLine> Body,
    IReadOnlyList<MarkdownSection> Children);
