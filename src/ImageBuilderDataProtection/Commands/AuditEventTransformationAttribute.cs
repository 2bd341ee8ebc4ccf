using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Lets a parameter of audit events take those that have come through a job, a remote session or Export-Clixml.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AuditEventTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData switch
    {
        object[] many => Array.ConvertAll(many, ToEvent),
        PSObject { BaseObject: object[] many } => Array.ConvertAll(many, ToEvent),
        _ => ToEvent(inputData),
    };

    private static object ToEvent(object input) => input is PSObject item ? AuditEventInput.ReadDeserialized(item) ?? input : input;
}
