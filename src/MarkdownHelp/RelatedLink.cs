namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>A line of RELATED LINKS.</summary>
/// <param name="Text">What to read, such as a cmdlet's name.</param>
/// <param name="Address">Where, when it is on the web; otherwise empty.</param>
internal sealed record RelatedLink(string Text, string Address);
