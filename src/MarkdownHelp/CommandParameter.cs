namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>A parameter as its page section describes it.</summary>
/// <param name="Name">The name, without the dash.</param>
/// <param name="Description">The paragraphs.</param>
/// <param name="Type">The type's name, such as <c>String[]</c>.</param>
/// <param name="Aliases">Other names, or empty.</param>
/// <param name="AcceptedValues">The only values there are, or empty.</param>
/// <param name="Required">Whether it must be given in every parameter set it belongs to.</param>
/// <param name="Position"><c>Named</c>, or the position from 0.</param>
/// <param name="DefaultValue">The value when it is not given; <c>None</c> if there is none.</param>
/// <param name="PipelineInput">As Get-Help writes it: <c>False</c>, <c>True (ByValue)</c>...</param>
/// <param name="Wildcards">Whether wildcard characters are expanded.</param>
internal sealed record CommandParameter(
    string Name,
    IReadOnlyList<string> Description,
    string Type,
    IReadOnlyList<string> Aliases,
    IReadOnlyList<string> AcceptedValues,
    bool Required,
    string Position,
    string DefaultValue,
    string PipelineInput,
    bool Wildcards)
{
    /// <summary>Whether it is a switch, which takes no value.</summary>
    public bool IsSwitch => Type == "SwitchParameter";
}
