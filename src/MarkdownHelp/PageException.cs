namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>A help page is malformed. The message has MSBuild's canonical form, so that a build shows file and line.</summary>
internal sealed class PageException(string file, int line, string problem)
    : Exception($"{file}({line}): error IBHELP: {problem}");
