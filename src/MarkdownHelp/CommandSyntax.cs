namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>One parameter set, as the SYNTAX section spells it.</summary>
/// <param name="Items">Its parameters in order.</param>
internal sealed record CommandSyntax(IReadOnlyList<CommandSyntaxItem> Items);
