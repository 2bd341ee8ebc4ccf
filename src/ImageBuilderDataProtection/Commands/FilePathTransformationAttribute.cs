using System.Collections;
using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>
/// Lets -Path take objects that stand for one file: files, and what the cmdlets here emit. Their names are meant as they
/// are, so brackets in them are escaped; PowerShell would make plain text of the objects and expand it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FilePathTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc />
    protected override object TransformItem(object? input) => input is null
        ? throw new ArgumentTransformationMetadataException("What was given is null, which names no file or folder.")
        : Wrapped.Unwrap(input) switch
        {
            string or IEnumerable => input,
            FileSystemInfo file => WildcardPattern.Escape(file.FullName),
            _ when Wrapped.Unwrap(PSObject.AsPSObject(input).Properties["PSPath"]?.Value) is string path => WildcardPattern.Escape(path),
            _ => input,
        };
}
