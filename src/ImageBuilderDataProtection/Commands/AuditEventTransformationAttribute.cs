using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Lets a parameter of audit events take those that have come through a job, a remote session or Export-Clixml.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AuditEventTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc />
    protected override object TransformItem(object? input) => (input is PSObject item ? AuditEventInput.ReadDeserialized(item) ?? input : input)!;
}
