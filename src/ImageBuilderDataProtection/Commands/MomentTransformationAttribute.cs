using System.Management.Automation;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Lets a time be given as a DateTimeOffset, which says its zone, and which PowerShell makes no DateTime of.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MomentTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        Wrapped.Unwrap(inputData) is DateTimeOffset moment ? moment.UtcDateTime : inputData;
}
