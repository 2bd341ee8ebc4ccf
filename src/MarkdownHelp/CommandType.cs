namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>What a cmdlet takes from the pipeline or emits.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="Description">The paragraphs.</param>
internal sealed record CommandType(string Name, IReadOnlyList<string> Description);
