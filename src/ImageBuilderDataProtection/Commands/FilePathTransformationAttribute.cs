using System.Collections;
using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>
/// Lets -Path take objects that stand for one file: files, and what the cmdlets here emit. Their names are meant as they
/// are, so brackets in them are escaped; PowerShell would make plain text of the objects and expand it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FilePathTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData switch
    {
        object[] many => Array.ConvertAll(many, ToPath),
        PSObject { BaseObject: object[] many } => Array.ConvertAll(many, ToPath),
        _ => ToPath(inputData),
    };

    private static object ToPath(object? input) => input is null
        ? throw new ArgumentTransformationMetadataException("What was given is null, which names no file or folder.")
        : Unwrap(input) switch
        {
            string or IEnumerable => input,
            FileSystemInfo file => WildcardPattern.Escape(file.FullName),
            _ when Unwrap(PSObject.AsPSObject(input).Properties["PSPath"]?.Value) is string path => WildcardPattern.Escape(path),
            _ => input,
        };

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
