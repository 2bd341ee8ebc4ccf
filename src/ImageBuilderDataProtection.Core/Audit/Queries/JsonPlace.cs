namespace ImageBuilderDataProtection.Audit.Queries;

/// <summary>An object of JSON in a table.</summary>
/// <param name="Column">The column that holds it, as text.</param>
/// <param name="Path">The path to it there.</param>
internal sealed record JsonPlace(string Column, string Path)
{
    /// <summary>What is at a path in it, as JSON.</summary>
    public string Json(string path) => $"json_extract({Column}, '{Path}.{path}')";

    /// <summary>What is at a path in it, as text; NULL where it is an object.</summary>
    public string Text(string path) => $"json_extract_scalar({Column}, '{Path}.{path}')";
}
