namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>A parameter within one parameter set.</summary>
/// <param name="Name">The name, without the dash.</param>
/// <param name="Type">The type's name; null for a switch.</param>
/// <param name="Required">Whether this parameter set needs it.</param>
/// <param name="Position">The position from 0; null if it must be named.</param>
internal sealed record CommandSyntaxItem(string Name, string? Type, bool Required, int? Position);
